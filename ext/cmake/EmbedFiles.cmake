# subjrec_embed(<target> <name> <file>...)
#
# Gives the target the text of each file as a constant of <name>.cc, made anew when a file changes:
# page.html becomes `const std::string_view asset_page_html`, in namespace subjrec.
#
# Run as a script (cmake -P) it writes that file.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  set(code "#include <string_view>\n\nnamespace subjrec {\n")
  foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME)
    string(REPLACE "." "_" name ${name})
    file(READ ${file} text)
    string(APPEND code "extern const std::string_view asset_${name};\n"
                       "const std::string_view asset_${name} = R\"embedded(${text})embedded\";\n")
  endforeach()
  file(WRITE ${OUTPUT} "${code}}  // namespace subjrec\n")
  return()
endif()

set(SUBJREC_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(subjrec_embed target name)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE files)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} "-DOUTPUT=${output}" "-DFILES=${files}" -P ${SUBJREC_EMBED_SCRIPT}
    DEPENDS ${files} ${SUBJREC_EMBED_SCRIPT}
    COMMENT "Embedding ${name}" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
