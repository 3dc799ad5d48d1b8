# Run by cpack before it packs: stops where a .deb could not name what it depends on.
#
# Without one of these, cpack itself would go on and leave the dependencies out.
if(CPACK_GENERATOR STREQUAL DEB)
  foreach(tool_and_package dpkg-shlibdeps:dpkg-dev objdump:binutils file:file)
    string(REPLACE ":" ";" tool_and_package ${tool_and_package})
    list(GET tool_and_package 0 tool)
    list(GET tool_and_package 1 package)
    find_program(tool_path ${tool} NO_CACHE)
    if(NOT tool_path)
      message(FATAL_ERROR "A .deb needs ${tool} to list its dependencies, and there is none here."
                          " Install the package ${package}, or all that a release needs:"
                          " examples/install_dependencies.sh release")
    endif()
    unset(tool_path)
  endforeach()
endif()
