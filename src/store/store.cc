#include "store/store.h"

namespace spillguard::store {

Store::Store(db::Database& database, Clock clock) : database_(database), clock_(std::move(clock)) {}

}  // namespace spillguard::store
