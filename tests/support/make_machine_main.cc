// make-machine NAME DIR          writes the files of a generated machine, for --root
// make-machine FILE.machine DIR  unpacks a captured machine
// make-machine nics-N DIR        writes a machine with N NICs
// make-machine                   lists the names
#include "base/number.h"
#include "support/machine_generator.h"

#include <cstdio>
#include <fstream>
#include <iterator>

namespace {

using tuner::fail;
using tuner::Fault;
using tuner::Result;
using tuner::testing::MachineFiles;

Result<MachineFiles> machine_called(const std::string& name) {
  constexpr std::string_view kNics = "nics-";
  if (name.starts_with(kNics)) {
    const auto count =
        tuner::whole_number<int>(std::string_view(name).substr(kNics.size()), 1, 65536);
    if (!count) return fail(count.error());
    return tuner::testing::make_machine(tuner::testing::machine_of_nics(*count));
  }
  if (const auto* spec = tuner::testing::find_machine(name))
    return tuner::testing::make_machine(*spec);
  std::ifstream file(name, std::ios::binary);
  if (!file) return fail(Fault::NotFound, name + ": no machine of that name and no such file");
  return tuner::testing::parse_machine(std::string(std::istreambuf_iterator<char>(file), {}));
}

int list_machines() {
  for (const auto& machine : tuner::testing::named_machines())
    std::printf("%-16s %s\n", machine.name.c_str(), machine.about.c_str());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 1) return list_machines();
  if (count != 3) {
    std::fputs("usage: make-machine [NAME|FILE.machine DIR]\n", stderr);
    return 64;
  }
  const auto machine = machine_called(arguments[1]);
  const auto written =
      machine ? tuner::testing::write_machine(*machine, arguments[2]) : fail(machine.error());
  if (!written) std::fprintf(stderr, "make-machine: %s\n", written.error().text.c_str());
  return written ? 0 : 1;
}
