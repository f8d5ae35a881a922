#include "scan/host_rows.h"

namespace spillguard::scan {

hosts::KnownLookup known_lookup(ScanContext& context, const ScanSite& site, BatchSink& sink,
                                const std::string& rules_version) {
  return [&context, &site, &sink, rules_version](const std::vector<hosts::ItemRef>& refs)
             -> Result<std::vector<std::optional<hosts::Known>>> {
    std::vector<std::string> ids;
    ids.reserve(refs.size());
    for (const auto& ref : refs) ids.push_back(ref.id);
    SG_ASSIGN(auto rows, context.store.known_items(site.site.id, ids));
    sink.set_known(std::move(rows));
    std::vector<std::optional<hosts::Known>> out(refs.size());
    for (size_t i = 0; i < refs.size(); ++i) {
      const auto found = sink.known().find(refs[i].id);
      if (found == sink.known().end()) continue;
      const store::KnownItem& row = found->second;
      hosts::Known known;
      known.up_to_date_rules = row.rules_version == rules_version;
      known.updated = row.updated;
      known.version = row.version;
      known.highest = [highest = row.highest](const std::string& content) -> int64_t {
        const auto it = highest.find(content);
        return it == highest.end() ? 0 : it->second;
      };
      out[i] = std::move(known);
    }
    return out;
  };
}

hosts::HostScope to_host_scope(const store::Scope& scope) {
  return {.id = scope.host_id,
          .key = scope.key,
          .name = scope.name,
          .personal = scope.personal,
          .archived = false};
}

store::Scope to_store_scope(const hosts::HostScope& scope) {
  store::Scope out;
  out.host_id = scope.id;
  out.key = scope.key;
  out.name = scope.name;
  out.personal = scope.personal;
  return out;
}

}  // namespace spillguard::scan
