# The modules and the arrows between them: what is not named here can not be linked or included.
# tools/check_includes.py reads this table too; keep one module per line group.
macro(sg_add_modules)
  sg_module(base LIBS fmt::fmt PkgConfig::SODIUM OpenSSL::Crypto ZLIB::ZLIB
                      tomlplusplus::tomlplusplus prometheus-cpp::core Boost::json Threads::Threads)
  target_link_libraries(sg_base PUBLIC fmt::fmt Threads::Threads)
  sg_module(regex USES base LIBS PkgConfig::PCRE2 ICU::uc)
  sg_module(detect USES base regex LIBS tomlplusplus::tomlplusplus)
  sg_module(text USES base LIBS Boost::json ICU::uc)
  sg_module(db USES base LIBS SQLite::SQLite3)
  sg_module(store USES base db LIBS Boost::json)
  sg_module(jobs USES base db LIBS Boost::json)
  sg_module(http USES base LIBS Boost::headers OpenSSL::SSL OpenSSL::Crypto sg_curl_headers ZLIB::ZLIB
                           ${CMAKE_DL_LIBS})
  sg_module(hosts USES base http text LIBS Boost::json EXPAT::EXPAT)
  sg_module(scan USES base hosts text detect store jobs LIBS Boost::json)
  sg_module(api USES base http hosts store jobs detect LIBS Boost::json)
  sg_module(server USES base http db store jobs hosts text detect scan api)
  sg_module(extract USES base)
  sg_module(extract_helper USES base text extract LIBS LibArchive::LibArchive EXPAT::EXPAT ICU::uc ICU::i18n
                           SQLite::SQLite3 ZLIB::ZLIB PkgConfig::SECCOMP)
  sg_module(cli USES base detect text hosts extract server LIBS Boost::json)

  file(GLOB sg_rule_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rules/*.toml)
  sg_embed(sg_detect rule_files ${sg_rule_files})
  sg_embed(sg_detect generic_model ${CMAKE_SOURCE_DIR}/rules/generic_model.txt)
  sg_catalogue()
  file(GLOB sg_openapi CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/openapi/*)
  sg_embed(sg_api openapi_files ${sg_openapi})
  file(GLOB sg_sqlite_migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/migrations/sqlite/*.sql)
  sg_embed(sg_db sqlite_migrations ${sg_sqlite_migrations})

  add_executable(spillguard ${CMAKE_SOURCE_DIR}/src/cli/main.cc)
  target_link_libraries(spillguard PRIVATE sg_cli)
  # Opens attachments; found beside the program that starts it.
  add_executable(spillguard-extract ${CMAKE_SOURCE_DIR}/src/extract_helper/main.cc)
  target_link_libraries(spillguard-extract PRIVATE sg_extract_helper)
  add_dependencies(spillguard spillguard-extract)
  foreach(test extract_test cli_test)
    if(TARGET ${test})
      add_dependencies(${test} spillguard-extract)
    endif()
  endforeach()
endmacro()
