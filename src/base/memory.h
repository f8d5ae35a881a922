// Memory of the process as a whole.
#pragma once

namespace spillguard {

// Gives memory back to the system that was freed and lies about in the heaps of threads, where
// nobody may ever ask for it again: after work that was large and many threads had a part in. Takes
// some milliseconds.
void give_back_memory();

}  // namespace spillguard
