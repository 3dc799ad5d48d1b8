// What instruction sets ext/cmake/Multiversion.cmake compiles for on this architecture.
#pragma once

#if defined(__x86_64__) || defined(_M_X64)
#define SUBJREC_X86_ISAS 1
#else
#define SUBJREC_X86_ISAS 0
#endif
