# Flags for everything that is ours.
#
# -ffp-contract=off: no fused multiply-add anywhere, so that every instruction set rounds alike
# and a model has the same bytes on every machine.
add_library(subjrec_flags INTERFACE)
target_compile_options(subjrec_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wno-psabi
  -ffp-contract=off -fno-math-errno
  -ffunction-sections -fdata-sections)
# Eigen's packets differ between architectures, and so would the order of its sums; the hot loops are
# kernels of our own. It also decides how Eigen allocates: all that is linked together must agree.
target_compile_definitions(subjrec_flags INTERFACE
  EIGEN_DONT_VECTORIZE SUBJREC_VERSION="${PROJECT_VERSION}")
# GCC 12 sees overlaps in std::string operator+ that cannot be (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(subjrec_flags INTERFACE -Wno-restrict)
endif()
if(SUBJREC_SANITIZE)
  # What sanitizers put between hides from GCC that a value has been set (GCC manual, -fsanitize).
  target_compile_options(subjrec_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_compile_options(subjrec_flags INTERFACE
    -fsanitize=${SUBJREC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(subjrec_flags INTERFACE -fsanitize=${SUBJREC_SANITIZE})
endif()
if(SUBJREC_FUZZ)
  target_compile_options(subjrec_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(SUBJREC_COVERAGE)
  target_compile_options(subjrec_flags INTERFACE --coverage -fprofile-update=atomic
                         -Wno-maybe-uninitialized)  # which GCC 12 sees where it counts
  target_link_options(subjrec_flags INTERFACE --coverage)
endif()
