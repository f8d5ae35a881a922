// libcurl, loaded when the first client is made: it brings 27 libraries of its own, whose loading
// takes a third of the start of a command that talks to nobody. Internal to the module.
// Thread-safety: any thread may ask at any time.
#pragma once

#include <curl/curl.h>

#include "base/error.h"

namespace spillguard::http {

// The functions of <curl/curl.h> that we use.
struct CurlLibrary {
  decltype(&::curl_global_init) global_init = nullptr;
  decltype(&::curl_free) free = nullptr;
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_setopt) easy_setopt = nullptr;
  decltype(&::curl_easy_perform) easy_perform = nullptr;
  decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&::curl_easy_reset) easy_reset = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_easy_strerror) easy_strerror = nullptr;
  decltype(&::curl_slist_append) slist_append = nullptr;
  decltype(&::curl_slist_free_all) slist_free_all = nullptr;
  decltype(&::curl_url) url = nullptr;
  decltype(&::curl_url_cleanup) url_cleanup = nullptr;
  decltype(&::curl_url_get) url_get = nullptr;
  decltype(&::curl_url_set) url_set = nullptr;
  decltype(&::curl_url_strerror) url_strerror = nullptr;
};

// Loads and starts the library at the first call. kInternal says why it can not be loaded.
Status load_curl();
// After load_curl() said yes.
const CurlLibrary& curl();

}  // namespace spillguard::http
