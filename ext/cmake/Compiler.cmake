# Flags for everything that is ours.
#
# -ffp-contract=off: no fused multiply-add anywhere, so that every instruction set rounds alike
# and a model has the same bytes on every machine.
add_library(subjrec_flags INTERFACE)
target_compile_options(subjrec_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wno-psabi
  -ffp-contract=off -fno-math-errno)
if(SUBJREC_SANITIZE)
  target_compile_options(subjrec_flags INTERFACE
    -fsanitize=${SUBJREC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(subjrec_flags INTERFACE -fsanitize=${SUBJREC_SANITIZE})
endif()
