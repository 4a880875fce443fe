// A folder of the test's own, gone with the object. Paths are given as if it were "/".
#pragma once

#include <string>
#include <string_view>

namespace tuner::testing {

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

  // Folders on the way are made.
  void write(std::string_view inside, std::string_view text) const;
  void link(std::string_view inside, std::string_view target) const;
  void make_folder(std::string_view inside) const;
  std::string read(std::string_view inside) const;  // "" when it is not there

 private:
  std::string path_;
};

}  // namespace tuner::testing
