#include "http/curl_library.h"

#include <dlfcn.h>

#include <string>

namespace spillguard::http {
namespace {

// The name carries the version of the interface, which is that of the header we are compiled with.
constexpr const char* kLibraryName = "libcurl.so.4";

struct LoadedCurl {
  CurlLibrary library;
  std::string error;
};

template <typename Function>
bool take(void* handle, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(handle, name));
  return function != nullptr;
}

LoadedCurl load_all() {
  LoadedCurl out;
  CurlLibrary& library = out.library;
  void* handle = dlopen(kLibraryName, RTLD_NOW | RTLD_LOCAL);  // for as long as the program runs
  const bool complete = handle != nullptr &&
                        take(handle, "curl_global_init", library.global_init) &&
                        take(handle, "curl_free", library.free) &&
                        take(handle, "curl_easy_init", library.easy_init) &&
                        take(handle, "curl_easy_setopt", library.easy_setopt) &&
                        take(handle, "curl_easy_perform", library.easy_perform) &&
                        take(handle, "curl_easy_getinfo", library.easy_getinfo) &&
                        take(handle, "curl_easy_reset", library.easy_reset) &&
                        take(handle, "curl_easy_cleanup", library.easy_cleanup) &&
                        take(handle, "curl_easy_strerror", library.easy_strerror) &&
                        take(handle, "curl_slist_append", library.slist_append) &&
                        take(handle, "curl_slist_free_all", library.slist_free_all) &&
                        take(handle, "curl_url", library.url) &&
                        take(handle, "curl_url_cleanup", library.url_cleanup) &&
                        take(handle, "curl_url_get", library.url_get) &&
                        take(handle, "curl_url_set", library.url_set) &&
                        take(handle, "curl_url_strerror", library.url_strerror);
  if (!complete) {
    const char* why = dlerror();  // of the call that failed
    out.error = std::string("libcurl can not be loaded; install Debian's libcurl4: ") +
                (why != nullptr ? why : kLibraryName);
  } else if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    out.error = "libcurl can not start";
  }
  return out;
}

const LoadedCurl& loaded() {
  static const LoadedCurl all = load_all();
  return all;
}

}  // namespace

Status load_curl() {
  if (!loaded().error.empty()) return fail(Code::kInternal, loaded().error);
  return {};
}

const CurlLibrary& curl() { return loaded().library; }

}  // namespace spillguard::http
