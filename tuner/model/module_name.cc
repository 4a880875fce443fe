#include "model/module_name.h"

namespace tuner {

bool is_module_name(std::string_view name) {
  constexpr std::string_view kCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  // MODULE_NAME_LEN - 1 on a machine of 64 bits (include/linux/moduleparam.h).
  constexpr std::size_t kLongest = 55;
  return !name.empty() && name.size() <= kLongest && name.front() != '-' &&
         name.find_first_not_of(kCharacters) == std::string_view::npos;
}

}  // namespace tuner
