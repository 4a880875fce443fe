// Runs a target over every file of its corpus once, where there is no libFuzzer: with any compiler,
// in the default run. A finding of a fuzzer stays in the corpus and is looked at every time.
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
    // Said before: an input that ends the process is the last that was named.
    std::printf("%s\n", file.filename().c_str());
    std::fflush(stdout);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size() / 2);
  }
  std::printf("%zu inputs\n", files.size());
  return files.empty() ? 1 : 0;
}
