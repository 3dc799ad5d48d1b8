# subjrec_multiversion(<target> <file.inc>...)
#
# Compiles each file once for every instruction set that this architecture has, with SUBJREC_ISA
# set to the namespace that copy lives in: plain, and on x86-64 also avx2 and avx512. Which copy
# runs is decided when the library is loaded (ext/core/simd/isa.h).
set(SUBJREC_ISAS plain)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
  list(APPEND SUBJREC_ISAS avx2 avx512)
endif()
set(SUBJREC_ISA_FLAGS_plain "")
set(SUBJREC_ISA_FLAGS_avx2 -march=x86-64-v3)
set(SUBJREC_ISA_FLAGS_avx512 -march=x86-64-v4 -mprefer-vector-width=512)

if(WIN32 AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # GCC aligns the stack to 16 bytes there, and takes it to be aligned to 32 (GCC bug 54412).
  foreach(isa avx2 avx512)
    list(APPEND SUBJREC_ISA_FLAGS_${isa} -Wa,-muse-unaligned-vector-move)
  endforeach()
endif()

function(subjrec_multiversion target)
  foreach(file IN LISTS ARGN)
    string(REGEX REPLACE "\\.inc$" "" name ${file})
    foreach(isa IN LISTS SUBJREC_ISAS)
      set(copy ${CMAKE_CURRENT_BINARY_DIR}/multiversion/${name}_${isa}.cc)
      file(CONFIGURE OUTPUT ${copy}
           CONTENT "#define SUBJREC_ISA ${isa}\n#include \"${file}\"\n" @ONLY)
      set_source_files_properties(${copy} PROPERTIES
        COMPILE_OPTIONS "$<$<CONFIG:Release>:-O3>;${SUBJREC_ISA_FLAGS_${isa}}"
        OBJECT_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
      target_sources(${target} PRIVATE ${copy})
    endforeach()
  endforeach()
endfunction()
