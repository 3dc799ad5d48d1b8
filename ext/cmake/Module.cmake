# subjrec_module(<target>)
#
# Makes of the target a module that SQLite loads: named as its host looks for it (subjrec.so, .dylib on macOS, .dll on
# Windows), with its entry points alone exported, and without what none of them calls.
function(subjrec_module target)
  if(WIN32)
    set(suffix .dll)
    # Symbols are exported by their declarations (subjrec.cc). Nothing is to lie beside the module.
    set(options -static LINKER:--gc-sections)
  elseif(APPLE)
    set(suffix .dylib)
    set(options LINKER:-exported_symbol,_sqlite3_subjrec_init LINKER:-exported_symbol,_sqlite3_subjrec_nofiles_init
        LINKER:-dead_strip)
  else()
    set(suffix .so)
    set(options LINKER:--version-script=${PROJECT_SOURCE_DIR}/ext/exports.map LINKER:--gc-sections)
  endif()
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ${suffix} OUTPUT_NAME subjrec
    LINK_DEPENDS ${PROJECT_SOURCE_DIR}/ext/exports.map)
  target_link_options(${target} PRIVATE ${options})
endfunction()
