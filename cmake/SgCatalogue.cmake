# sg_catalogue(): the built-in rules in a form that the program reads in a millisecond. A small program (tools/make_catalogue.cc)
# reads and analyses the rule files when sg_detect is built; what it writes is linked into whatever uses sg_detect.
function(sg_catalogue)
  set(folder ${CMAKE_BINARY_DIR}/embedded)
  add_executable(make_catalogue ${CMAKE_SOURCE_DIR}/tools/make_catalogue.cc)
  # The archive's file: whoever links the target asks for the catalogue, too.
  add_dependencies(make_catalogue sg_detect)
  target_link_libraries(make_catalogue PRIVATE $<TARGET_FILE:sg_detect> sg_regex sg_base
    tomlplusplus::tomlplusplus)
  set_target_properties(make_catalogue PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tools)
  add_custom_command(OUTPUT ${folder}/rules.catalogue
    COMMAND ${CMAKE_COMMAND} -E env LLVM_PROFILE_FILE=/dev/null $<TARGET_FILE:make_catalogue> ${folder}/rules.catalogue
    DEPENDS make_catalogue VERBATIM)
  set(SG_CATALOGUE ${folder}/rules.catalogue)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/rule_catalogue.cc.in ${folder}/rule_catalogue.cc @ONLY)
  add_library(sg_catalogue STATIC ${folder}/rule_catalogue.cc)
  target_link_libraries(sg_catalogue PRIVATE sg_options)
  set_source_files_properties(${folder}/rule_catalogue.cc PROPERTIES OBJECT_DEPENDS ${folder}/rules.catalogue)
  # Link-time optimisation loses symbols of assembler text; a unity file would not be built again with a new catalogue.
  set_target_properties(sg_catalogue PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF UNITY_BUILD OFF)
  target_link_libraries(sg_detect INTERFACE sg_catalogue)
endfunction()
