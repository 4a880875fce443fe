// A temporary folder, removed by the destructor. Paths are relative to it and begin with "/".
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

  // Creates missing folders.
  void write(std::string_view inside, std::string_view text) const;
  void link(std::string_view inside, std::string_view target) const;
  void make_folder(std::string_view inside) const;
  std::string read(std::string_view inside) const;  // "" if the file is missing

 private:
  std::string path_;
};

}  // namespace tuner::testing
