// Gives memory back: v = {} and v.clear() keep it.
#pragma once

#include <vector>

namespace subjrec {

template <class T, class Allocator>
void release(std::vector<T, Allocator>* v) {
  std::vector<T, Allocator>().swap(*v);
}

}  // namespace subjrec
