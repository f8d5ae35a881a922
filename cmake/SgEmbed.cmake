# sg_embed(TARGET VARIABLE files…): compiles files into TARGET as
#   namespace spillguard::embedded { std::span<const EmbeddedFile> VARIABLE(); }
# declared in base/embedded.h style by the user; the name of each file is its base name.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
function(sg_embed target variable)
  get_target_property(kind ${target} TYPE)
  if(kind STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  set(out ${CMAKE_BINARY_DIR}/embedded/${variable}.cc)
  add_custom_command(OUTPUT ${out}
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/embed.py ${out} ${variable} ${ARGN}
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed.py ${ARGN} VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
