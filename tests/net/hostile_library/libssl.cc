// Creates the file that HOSTILE_SIGN names as soon as it is loaded: by the program that maps it,
// as it should, or by one that only looks at that program, which the test then sees.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace {

[[gnu::constructor]] void act() {
  const char* sign = std::getenv("HOSTILE_SIGN");
  if (sign == nullptr) return;
  const int fd = ::open(sign, O_WRONLY | O_CREAT, 0600);
  if (fd >= 0) ::close(fd);
}

}  // namespace
