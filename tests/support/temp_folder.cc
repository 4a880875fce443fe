#include "support/temp_folder.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tuner::testing {
namespace {

std::filesystem::path with_parents(const std::string& root, std::string_view inside) {
  std::filesystem::path path = root + std::string(inside);
  std::filesystem::create_directories(path.parent_path());
  return path;
}

}  // namespace

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "ktls-tuner-test.XXXXXX").string();
  path_ = ::mkdtemp(name.data()) != nullptr ? name : std::string();
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

void TempFolder::write(std::string_view inside, std::string_view text) const {
  std::ofstream(with_parents(path_, inside), std::ios::binary) << text;
}

void TempFolder::link(std::string_view inside, std::string_view target) const {
  std::filesystem::create_symlink(target, with_parents(path_, inside));
}

void TempFolder::make_folder(std::string_view inside) const {
  std::filesystem::create_directories(path_ + std::string(inside));
}

std::string TempFolder::read(std::string_view inside) const {
  std::ifstream file(path_ + std::string(inside), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace tuner::testing
