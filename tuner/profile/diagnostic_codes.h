// All diagnostics of the profile reader, one row each. Each has a test that produces it.
// docs/errors.md is generated from these rows.
#pragma once

#include "profile/diagnostic.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tuner {

struct DiagnosticCode {
  std::string_view code;
  Diagnostic::Severity severity;
  std::string_view title;
  std::string_view explanation;
};

// Sorted by code.
inline constexpr auto kDiagnosticCodes = [] {
  constexpr auto kError = Diagnostic::Severity::Error;
  constexpr auto kWarning = Diagnostic::Severity::Warning;
  return std::array{
      DiagnosticCode{"anchor", kError, "Anchors and aliases are not supported",
                     "Profiles have no YAML anchors (&x), aliases (*x) or merge keys (<<). Share "
                     "settings between profiles with extends."},
      DiagnosticCode{"bad-boolean", kError, "Not true or false",
                     "Only true and false are booleans here. Some YAML readers take yes, no, on, "
                     "off and other spellings for booleans, others for text."},
      DiagnosticCode{"bad-encoding", kError, "Not plain UTF-8",
                     "A profile is UTF-8 text without a byte-order mark."},
      DiagnosticCode{"bad-goal", kError, "A setting without one clear goal",
                     "A setting has exactly one of value, at_least and at_most; the last two are "
                     "for integers and lists of integers."},
      DiagnosticCode{"bad-integer", kError, "Not a decimal integer",
                     "Integers are decimal and fit in 64 bits. Hexadecimal, octal, leading zeros, "
                     "exponents, digit separators and size suffixes mean different numbers to "
                     "different readers and are rejected."},
      DiagnosticCode{"bad-name", kError, "Not a usable name",
                     "Names of profiles are lower-case letters, digits, '.', '_' and '-', and are "
                     "never paths; names of modules are letters, digits, '_' and '-'."},
      DiagnosticCode{"bad-sysctl-name", kError, "Not the name of a sysctl",
                     "A sysctl is written as in sysctl.d(5), net.core.rmem_max or "
                     "net/core/rmem_max, and must be a file below /proc/sys."},
      DiagnosticCode{"bad-value", kError, "Not a valid value of this key",
                     "The key accepts certain words, or text of a certain form."},
      DiagnosticCode{"control-character", kError, "A control character",
                     "NUL and other control characters are not allowed in a profile, because an "
                     "editor or terminal may hide them."},
      DiagnosticCode{"directive", kError, "YAML directives are not supported",
                     "A profile has no %YAML or %TAG lines."},
      DiagnosticCode{"duplicate-key", kError, "The same key twice",
                     "YAML readers differ in which of two equal keys counts. Two spellings of one "
                     "sysctl are the same key."},
      DiagnosticCode{"empty-selector", kError, "A selector that selects nothing",
                     "An entry of nics must select interfaces."},
      DiagnosticCode{"expects-offload", kWarning, "A path that no NIC can take",
                     "Linux hands only TLS 1.2 with AES-GCM to a NIC. An expected path of device "
                     "for anything else cannot be met by any NIC."},
      DiagnosticCode{"extends-loop", kError, "Profiles that extend each other in a circle",
                     "Following extends led back to a profile that is still being read."},
      DiagnosticCode{"feature-alias", kError, "Not the kernel's name of the feature",
                     "ethtool has its own short names, some for several features at once. Profiles "
                     "use the kernel's names."},
      DiagnosticCode{"gone-sysctl", kWarning, "A sysctl that newer kernels do not have",
                     "Linux removed or moved it. Where it is missing the setting is unsupported."},
      DiagnosticCode{"harmful-sysctl", kWarning, "A setting known to do harm",
                     "This value breaks or starves connections, has no effect any more, or is only "
                     "right for the machine it was copied from. It is applied nevertheless."},
      DiagnosticCode{"list-as-text", kError, "Several numbers in one text",
                     "A list of numbers is written as a list, so that each can be checked and "
                     "compared: [4096, 16384, 16777216]."},
      DiagnosticCode{
          "loosens-protection", kError, "A value that loosens a protection",
          "The sysctl protects the host from its own users, and this value is less strict than the "
          "safe one. Stricter values are accepted. allow_unlisted does not permit it."},
      DiagnosticCode{"missing-key", kError, "A required key is missing",
                     "The reference in docs/profile-keys.md shows which keys are required."},
      DiagnosticCode{"name-mismatch", kError, "The name differs from the file's name",
                     "A profile is found by its file's name, so name must be the file's stem."},
      DiagnosticCode{"no-value", kError, "A key without a value",
                     "YAML reads a key without a value as null, but it is usually an oversight. "
                     "Write null to remove an inherited setting; null has no meaning elsewhere."},
      DiagnosticCode{
          "non-text-key", kError, "A key that is not plain text",
          "Keys are names. Lists, mappings, numbers, booleans and null as keys are rejected."},
      DiagnosticCode{"out-of-range", kError, "Outside what is possible",
                     "The kernel refuses this value or documents no meaning for it; a list of "
                     "sizes must not descend. NUMA nodes are 0 to 1023."},
      DiagnosticCode{"quoted-number", kError, "A number in quotes",
                     "A quoted number is text. Omit the quotes."},
      DiagnosticCode{"refused-sysctl", kError, "A sysctl that no profile sets",
                     "It names a program that the kernel runs as root, loads code, or cannot be "
                     "undone. A profile cannot run anything. allow_unlisted does not permit it."},
      DiagnosticCode{"removes-nothing", kWarning, "Nothing to remove",
                     "null removes a setting of an extended profile, but none has it."},
      DiagnosticCode{"rounded-value", kWarning, "The kernel rounds the number",
                     "The kernel rounds this setting, so the number that was written is never read "
                     "back. The tool writes and expects the rounded one."},
      DiagnosticCode{"second-document", kError, "More than one document",
                     "A profile file has one YAML document; what follows a second --- would be "
                     "ignored by most readers."},
      DiagnosticCode{"stops-network", kError, "A value that stops the network",
                     "The kernel accepts this value, but then no connection works, including the "
                     "one needed to restore it. It is rejected."},
      DiagnosticCode{"syntax", kError, "Not YAML",
                     "The text is not valid YAML. Reading of this file ends here."},
      DiagnosticCode{"sysctl-type", kError, "Not the type of this sysctl",
                     "The kernel expects another type of value, or another count of numbers."},
      DiagnosticCode{"tab-indent", kError, "Indented with a tab",
                     "YAML indents with blanks only; the width of a tab depends on the editor."},
      DiagnosticCode{
          "tag", kError, "YAML tags are not supported",
          "A profile has no tags (!x, !!int): the key determines the type of its value."},
      DiagnosticCode{"tls-hw-record", kError, "Full TLS record offload is refused",
                     "tls-hw-record moves the whole TCP connection into a Chelsio T6 NIC, past "
                     "the kernel's stack and firewall. The kernel's documentation calls it unfit "
                     "for production, and Linux 7.2 removed it."},
      DiagnosticCode{"too-deep", kError, "Nested too deep",
                     "A profile nests at most 32 levels; a valid one needs seven."},
      DiagnosticCode{"too-large", kError, "The file is too large",
                     "A profile has at most 1 MiB. It was not read."},
      DiagnosticCode{"unknown-feature", kWarning, "Not a feature name known to this tool",
                     "The kernel may be newer than this tool. On a NIC without a feature of this "
                     "name the setting is unsupported."},
      DiagnosticCode{"unknown-key", kError, "Not a key of the format",
                     "If a misspelt key were ignored, its setting would silently not be applied."},
      DiagnosticCode{"unknown-profile", kError, "There is no such profile",
                     "There is neither a local nor a shipped profile of this name."},
      DiagnosticCode{"unknown-sysctl", kWarning, "Not a sysctl known to this tool",
                     "It is set as written, without a check. On a kernel without a file of this "
                     "name it is unsupported."},
      DiagnosticCode{"unknown-word", kWarning, "A word this tool does not know",
                     "The kernel or driver may know it; if not, the setting is unsupported."},
      DiagnosticCode{
          "unlisted-sysctl", kError, "A sysctl outside net., vm. and the known ones",
          "Most sysctls have nothing to do with TLS. To set one anyway, write { value: 1, why: "
          "\"the reason\", allow_unlisted: true } in the profile that sets the value."},
      DiagnosticCode{"unreadable-file", kError, "The file cannot be read",
                     "The message has the system's error."},
      DiagnosticCode{"wrong-kind", kError, "A value of the wrong kind",
                     "For example a list where one value is expected, or text where a mapping is."},
      DiagnosticCode{"wrong-schema", kError, "Not this version of the format",
                     "The key schema has the version of the format that the file uses."},
  };
}();
static_assert(std::ranges::is_sorted(kDiagnosticCodes, {}, &DiagnosticCode::code));

// The index of the row; kDiagnosticCodes.size(): none. An index instead of a pointer, because with
// -fsanitize=undefined g++ 12 rejects a comparison with nullptr in a constant expression (gcc bug
// 71962).
constexpr std::size_t diagnostic_code_index(std::string_view code) {
  std::size_t index = 0;
  while (index < kDiagnosticCodes.size() && kDiagnosticCodes[index].code != code) ++index;
  return index;
}

// A code for the reader's functions. A code that is not in the table does not compile.
class Code {
 public:
  consteval Code(const char* code) : index_(diagnostic_code_index(code)) {
    if (index_ == kDiagnosticCodes.size()) throw "no row in kDiagnosticCodes";
  }
  constexpr const DiagnosticCode& row() const { return kDiagnosticCodes[index_]; }

 private:
  std::size_t index_;
};

}  // namespace tuner
