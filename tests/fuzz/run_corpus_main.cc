// Runs a target once for every file of its corpus, without libFuzzer: with any compiler, in the
// default test run. Inputs that a fuzzer found stay in the corpus as regression tests.
//   run-corpus TARGET FOLDER
#include "fuzz/fuzz.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

int main(int count, char** words) {
  const auto& targets = tuner::fuzz::targets();
  const auto target = count == 3 ? targets.find(words[1]) : targets.end();
  if (target == targets.end()) {
    std::fprintf(stderr, "run-corpus TARGET FOLDER; a target is a file of tests/fuzz\n");
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(words[2])) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    // Printed first, so that the last name is that of an input that ends the process.
    std::printf("%s\n", file.filename().c_str());
    std::fflush(stdout);
    const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    target->second(data, bytes.size());
    target->second(data, bytes.size() / 2);
  }
  std::printf("%zu inputs\n", files.size());
  return files.empty() ? 1 : 0;
}
