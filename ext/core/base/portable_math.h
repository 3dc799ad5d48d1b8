// Elementary functions that every platform rounds alike: the C library's differ between systems.
#pragma once

namespace subjrec {

/// Natural logarithm of x > 0.
double portable_log(double x);

/// e^x, x clamped to [-700, 700]; not a number where x is none.
double portable_exp(double x);

}  // namespace subjrec
