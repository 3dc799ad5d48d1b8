// The version of the library, set by the build.
#pragma once

#ifndef SUBJREC_VERSION
#error "the build sets SUBJREC_VERSION"
#endif
