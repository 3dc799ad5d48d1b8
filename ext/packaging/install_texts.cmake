# Run by `cmake --install`: the link to the module, and the texts that say where things are.
set(prefix ${CMAKE_INSTALL_PREFIX})
set(root $ENV{DESTDIR}${prefix})
set(module ${prefix}/${SUBJREC_LIBDIR}/sqlite3/subjrec)
set(data ${prefix}/${SUBJREC_DATADIR}/subjrec)

file(CREATE_LINK sqlite3/subjrec.so ${root}/${SUBJREC_LIBDIR}/subjrec.so SYMBOLIC)

file(GLOB scripts ${SUBJREC_SOURCE}/sql/*.sql)
foreach(script IN LISTS scripts)
  get_filename_component(name ${script} NAME)
  file(READ ${script} text)
  string(REPLACE "./build/release/subjrec" "${module}" text "${text}")
  string(REPLACE "examples/catalogue.ndjson.gz" "${data}/catalogue.ndjson.gz" text "${text}")
  string(REPLACE "< sql/" "< ${data}/sql/" text "${text}")
  file(WRITE ${root}/${SUBJREC_DATADIR}/subjrec/sql/${name} "${text}")
endforeach()

file(WRITE ${root}/${SUBJREC_LIBDIR}/pkgconfig/subjrec.pc
"prefix=${prefix}
libdir=\${prefix}/${SUBJREC_LIBDIR}
module=\${libdir}/sqlite3/subjrec
sqldir=\${prefix}/${SUBJREC_DATADIR}/subjrec/sql

Name: subjrec
Description: ${SUBJREC_DESCRIPTION}
Version: ${SUBJREC_VERSION}
")
