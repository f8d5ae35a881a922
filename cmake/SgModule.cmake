# Options of every test binary.
function(sg_test_options target)
  # GoogleTest's macros trip these in every test.
  target_compile_options(${target} PRIVATE -Wno-conversion -Wno-shadow)
  # The tests of these two calculate more than leaving out the optimisation saves.
  if(SG_PLAIN_TESTS AND NOT target MATCHES "^(detect|text)_test$")
    # glibc's checks come with optimisation only.
    target_compile_options(${target} PRIVATE -O0 -U_FORTIFY_SOURCE)
  endif()
  target_compile_definitions(${target} PRIVATE SG_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endfunction()

# sg_module(NAME [USES modules…] [LIBS third-party targets…]): the library of one folder under src/.
# Sources are every .cc of the folder and its subfolders; *_test.cc become the module's test binary.
# tools/check_includes.py reads the same table (cmake/modules.cmake) and refuses an include that no arrow allows.
function(sg_module name)
  cmake_parse_arguments(M "" "" "USES;LIBS" ${ARGN})
  set(dir ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$|/main\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(sources)
    add_library(sg_${name} STATIC ${sources})
    target_link_libraries(sg_${name} PUBLIC sg_options PRIVATE ${M_LIBS})
  else()
    add_library(sg_${name} INTERFACE)
    target_link_libraries(sg_${name} INTERFACE sg_options)
  endif()
  foreach(used ${M_USES})
    if(sources)
      target_link_libraries(sg_${name} PUBLIC sg_${used})
    else()
      target_link_libraries(sg_${name} INTERFACE sg_${used})
    endif()
  endforeach()
  if(SG_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE sg_${name} ${M_LIBS} GTest::gtest_main)
    sg_test_options(${name}_test)
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
endfunction()
