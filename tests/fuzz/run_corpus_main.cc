// Runs a target once for every file of its corpus, without libFuzzer: with any compiler, in the
// default test run. Inputs that a fuzzer found stay in the corpus as regression tests.
#include "fuzz/fuzz.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

int main(int count, char** words) {
  std::vector<std::filesystem::path> files;
  for (int word = 1; word < count; ++word) {
    for (const auto& entry : std::filesystem::directory_iterator(words[word])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    // Printed first, so that the last name is that of an input that ends the process.
    std::printf("%s\n", file.filename().c_str());
    std::fflush(stdout);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size() / 2);
  }
  std::printf("%zu inputs\n", files.size());
  return files.empty() ? 1 : 0;
}
