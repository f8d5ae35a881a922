#include "base/memory.h"

#include <malloc.h>

namespace spillguard {

void give_back_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace spillguard
