// The programs of a machine and their TLS sessions in a recording: as the document that a bundle
// has, and back.
#pragma once

#include "document/recorded_programs.h"
#include "model/facts.h"
#include "model/findings/input.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// In the root of a recording.
inline constexpr std::string_view kRecordedProgramsFile = "/programs.json";
// The most bytes of it that a reader takes (FileTree::read()).
inline constexpr std::size_t kLargestRecordedPrograms = std::size_t{8} << 20U;

// What a look at the programs of a machine gave, with their sessions and the last probe.
struct ProgramsLook {
  Programs programs;
  std::optional<SocketLook> sockets;   // nullopt: not looked at; `failures` says why
  std::optional<ProbeLook> probe;      // nullopt: none is saved that holds for the kernel
  std::vector<AcceptedRisk> accepted;  // by the active run
  std::vector<std::string> failures;   // what could not be looked at, a sentence each
};

document::RecordedPrograms recorded_programs_document(const ProgramsLook& look,
                                                      const RekeyFacts& kernel);

// The look that the document has. What follows from other keys (uses_ktls, risk, origin) is not
// taken from it but told anew. Invalid: a field that cannot be so, such as a process -1, or a word
// of a later release; the text continues a sentence that begins with the name of the file.
Result<ProgramsLook> programs_look(const document::RecordedPrograms& recorded);

// The same from the text of kRecordedProgramsFile. `host`: of the recording. Invalid also: no such
// document, damaged, or of another boot or kernel; the text names the file.
Result<ProgramsLook> read_programs_look(std::string_view text, const HostIdentity& host);

}  // namespace tuner
