# What `cmake --install` and `cpack` put where.
#
#   lib/sqlite3/subjrec.so         the module, where distributions keep those of SQLite
#   lib/subjrec.so                 a link to it, so that `.load subjrec` finds it in /usr/lib
#   lib/pkgconfig/subjrec.pc       pkg-config --variable=module subjrec
#   share/subjrec/                 sql/, and the small catalogue
#   share/doc/subjrec/             the documents, and Debian's copyright and changelog.gz
#   share/man/man7/subjrec.7.gz    the reference as a man page, where lowdown is there to make it
#
# Texts that name files name them as installed: see ext/packaging/install_texts.cmake.
include(GNUInstallDirs)
install(TARGETS subjrec LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/sqlite3)
install(FILES examples/catalogue.ndjson.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/subjrec)
file(GLOB documents CONFIGURE_DEPENDS LICENSE *.md ext/*.md sql/*.md)
install(FILES ${documents} ext/packaging/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
find_program(SUBJREC_GZIP gzip)
find_program(SUBJREC_LOWDOWN lowdown)
set(changelog ${PROJECT_SOURCE_DIR}/ext/packaging/debian/changelog)
set(manual ${PROJECT_SOURCE_DIR}/ext/packaging/manual.sh)
set(compressed "")
if(SUBJREC_GZIP)
  list(APPEND compressed ${PROJECT_BINARY_DIR}/changelog.gz)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/changelog.gz
    COMMAND ${SUBJREC_GZIP} -9nc ${changelog} >${PROJECT_BINARY_DIR}/changelog.gz
    DEPENDS ${changelog})
  install(FILES ${PROJECT_BINARY_DIR}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
if(SUBJREC_GZIP AND SUBJREC_LOWDOWN)
  list(APPEND compressed ${PROJECT_BINARY_DIR}/subjrec.7.gz)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/subjrec.7.gz
    COMMAND ${manual} ${PROJECT_VERSION} >${PROJECT_BINARY_DIR}/subjrec.7
    COMMAND ${SUBJREC_GZIP} -9nf ${PROJECT_BINARY_DIR}/subjrec.7
    DEPENDS ${manual} ${PROJECT_SOURCE_DIR}/sql/REFERENCE.md
            ${PROJECT_SOURCE_DIR}/sql/reference/import.md)
  install(FILES ${PROJECT_BINARY_DIR}/subjrec.7.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man7)
else()
  message(STATUS "gzip or lowdown not found on this system: no man page")
endif()
add_custom_target(subjrec_documents ALL DEPENDS ${compressed})
install(CODE "
  set(SUBJREC_SOURCE \"${PROJECT_SOURCE_DIR}\")
  set(SUBJREC_VERSION \"${PROJECT_VERSION}\")
  set(SUBJREC_DESCRIPTION \"${PROJECT_DESCRIPTION}\")
  set(SUBJREC_LIBDIR \"${CMAKE_INSTALL_LIBDIR}\")
  set(SUBJREC_DATADIR \"${CMAKE_INSTALL_DATADIR}\")
  include(\"${PROJECT_SOURCE_DIR}/ext/packaging/install_texts.cmake\")")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME subjrec)
set(CPACK_PACKAGE_VENDOR "the subjrec authors")
set(CPACK_PACKAGE_CONTACT "the subjrec authors <subjrec@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "SQLite extension that recommends subjects for works")
set(CPACK_PACKAGE_DESCRIPTION
"A model of which subjects go together is trained from a table of works and
their subjects, and is itself a table: subjects for a work, works for a
subject, similar works and similar subjects, from SQL.")
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS sqlite3)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/ext/packaging/require_deb_tools.cmake)
include(CPack)

# The module for other distributions than the one it was built on (ext/packaging/release.sh): with
# its C++ library and simdjson inside. A simdjson inside cannot be hidden by that of the program which
# loads the module, as Node has one. libgcc_s stays outside, as every distribution has it: inside, it
# would ask for glibc 2.35, where 2.34 does for a build on Debian 12.
set(SUBJREC_SIMDJSON_SOURCE "" CACHE PATH
    "Source tree of simdjson, of the version that was compiled with, to link into subjrec_portable")
set(SUBJREC_SIMDJSON_VERSION "${simdjson_VERSION}" CACHE INTERNAL "the version that was compiled with")
add_library(subjrec_portable MODULE EXCLUDE_FROM_ALL)
if(SUBJREC_SIMDJSON_SOURCE)
  # It stands before the shared library, which then is not needed.
  subjrec_simdjson_library(subjrec_portable_simdjson ${SUBJREC_SIMDJSON_SOURCE})
  # Processors with SSE 4.2 and no AVX2, of 2013 and before, take its plain code: 45 KB less.
  target_compile_definitions(subjrec_portable_simdjson PRIVATE SIMDJSON_IMPLEMENTATION_WESTMERE=0)
  target_link_libraries(subjrec_portable PRIVATE subjrec_portable_simdjson)
endif()
target_link_libraries(subjrec_portable PRIVATE subjrec_core subjrec_sqlite)
set_target_properties(subjrec_portable PROPERTIES
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/portable BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")
subjrec_module(subjrec_portable)
if(NOT APPLE AND NOT WIN32)
  target_link_options(subjrec_portable PRIVATE -static-libstdc++ LINKER:--as-needed)
endif()
