# Language level, warnings, hardening and the linker, for every target of ours.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_RUNTIME_OUTPUT_DIRECTORY)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endif()

find_program(SG_CCACHE ccache)
if(SG_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SG_CCACHE})
endif()

add_library(sg_options INTERFACE)
target_include_directories(sg_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
target_compile_options(sg_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-align -Wunused -Woverloaded-virtual -Wnull-dereference -Wformat=2 -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside the standard library where there is nothing to see (PR 105562, 105651).
  target_compile_options(sg_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-null-dereference
    -Wno-stringop-overflow -Wno-array-bounds)
  if(CMAKE_UNITY_BUILD)
    # Every file is an include there, so types of anonymous namespaces look as if headers shared them.
    target_compile_options(sg_options INTERFACE -Wno-subobject-linkage)
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # libstdc++ 12 marks the buffer that its own std::stable_sort takes as deprecated and keeps only GCC quiet about it.
  # Calls of deprecated functions in our code are GCC's to report.
  target_compile_options(sg_options INTERFACE -Wno-deprecated-declarations)
endif()
target_compile_definitions(sg_options INTERFACE SG_VERSION="${PROJECT_VERSION}")

if(SG_SANITIZE)
  add_compile_options(-fsanitize=${SG_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SG_SANITIZE})
else()
  # Hardening as Debian's dpkg-buildflags does it, and the checks of the standard library.
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection)
  add_compile_definitions($<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
  add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
add_compile_definitions(_GLIBCXX_ASSERTIONS)

find_program(SG_MOLD mold)
if(SG_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
if(SG_LTO)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The compiler runs again when it links: what is switched off above (here for fmt's fill characters) has to be said there, too.
    add_link_options(-Wno-stringop-overflow)
  endif()
endif()
find_package(Threads REQUIRED)
