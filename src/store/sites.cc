#include "store/sql.h"
#include "store/store.h"

namespace spillguard::store {

Result<Site> Store::ensure_site(std::string_view name, Product product, std::string_view base_url) {
  Site site{
      .id = 0, .name = std::string(name), .product = product, .base_url = std::string(base_url)};
  SG_TRY(database_.write([&](db::Connection& connection) -> Status {
    SG_ASSIGN(auto row, bound(connection,
                              "INSERT INTO sites (name, product, base_url) VALUES ($1, $2, $3) "
                              "ON CONFLICT (name) DO UPDATE SET base_url = excluded.base_url "
                              "RETURNING id, product",
                              name, static_cast<int>(product), base_url));
    SG_ASSIGN(const bool found, row->step());
    if (!found) return fail(Code::kInternal, "no row came back for site " + site.name);
    site.id = row->integer(0);
    const auto known = static_cast<Product>(row->integer(1));
    if (known == product) return {};
    return fail(Code::kConflict, "site \"" + site.name + "\" is a " +
                                     std::string(product_name(known)) + " in the database and a " +
                                     std::string(product_name(product)) +
                                     " in the configuration; give the new one another name");
  }));
  return site;
}

}  // namespace spillguard::store
