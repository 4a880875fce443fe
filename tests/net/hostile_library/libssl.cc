// Creates the file that HOSTILE_WITNESS names as soon as it is loaded: by the program that maps it,
// as it should, or by one that only looks at that program, which the test then sees.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace {

[[gnu::constructor]] void act() {
  const char* witness = std::getenv("HOSTILE_WITNESS");
  if (witness == nullptr) return;
  const int fd = ::open(witness, O_WRONLY | O_CREAT, 0600);
  if (fd >= 0) ::close(fd);
}

}  // namespace
