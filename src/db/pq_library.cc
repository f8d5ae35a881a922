#include "db/pq_library.h"

#include <dlfcn.h>

#include <string>

namespace spillguard::db {
namespace pq_library_detail {
namespace {

// The name carries the version of the interface, which is that of the header we are compiled with.
constexpr const char* kLibraryName = "libpq.so.5";

struct LoadedPq {
  PqLibrary library;
  std::string error;
};

template <typename Function>
bool take(void* handle, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(handle, name));
  return function != nullptr;
}

LoadedPq load_all() {
  LoadedPq out;
  PqLibrary& pq = out.library;
  void* handle = dlopen(kLibraryName, RTLD_NOW | RTLD_LOCAL);  // for as long as the program runs
  const bool complete =
      handle != nullptr && take(handle, "PQconninfoParse", pq.conninfo_parse) &&
      take(handle, "PQconninfoFree", pq.conninfo_free) &&
      take(handle, "PQfreemem", pq.free_memory) && take(handle, "PQconnectdbParams", pq.connect) &&
      take(handle, "PQfinish", pq.finish) && take(handle, "PQstatus", pq.status) &&
      take(handle, "PQtransactionStatus", pq.transaction_status) &&
      take(handle, "PQserverVersion", pq.server_version) &&
      take(handle, "PQerrorMessage", pq.error_message) && take(handle, "PQsocket", pq.socket) &&
      take(handle, "PQsetNoticeProcessor", pq.set_notice_processor) &&
      take(handle, "PQexec", pq.exec) && take(handle, "PQprepare", pq.prepare) &&
      take(handle, "PQexecPrepared", pq.exec_prepared) &&
      take(handle, "PQresultStatus", pq.result_status) &&
      take(handle, "PQresultErrorField", pq.error_field) && take(handle, "PQclear", pq.clear) &&
      take(handle, "PQntuples", pq.rows) && take(handle, "PQnfields", pq.columns) &&
      take(handle, "PQftype", pq.column_type) && take(handle, "PQgetvalue", pq.value) &&
      take(handle, "PQgetlength", pq.length) && take(handle, "PQgetisnull", pq.is_null) &&
      take(handle, "PQcmdStatus", pq.command) && take(handle, "PQcmdTuples", pq.changed) &&
      take(handle, "PQconsumeInput", pq.consume_input) && take(handle, "PQnotifies", pq.notifies) &&
      take(handle, "PQputCopyData", pq.put_copy_data) &&
      take(handle, "PQputCopyEnd", pq.put_copy_end) && take(handle, "PQgetResult", pq.get_result);
  if (!complete) {
    const char* why = dlerror();  // of the call that failed
    out.error = std::string("libpq can not be loaded; install Debian's libpq5: ") +
                (why != nullptr ? why : kLibraryName);
  }
  return out;
}

const LoadedPq& loaded() {
  static const LoadedPq all = load_all();
  return all;
}

}  // namespace
}  // namespace pq_library_detail

Status load_pq() {
  const auto& all = pq_library_detail::loaded();
  if (!all.error.empty()) return fail(Code::kInternal, all.error);
  return {};
}

const PqLibrary& pq() { return pq_library_detail::loaded().library; }

}  // namespace spillguard::db
