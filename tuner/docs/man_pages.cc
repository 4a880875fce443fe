#include "docs/man_pages.h"

#include "base/text.h"
#include "cli/request/exit_code.h"
#include "cli/request/help.h"
#include "cli/request/version.h"
#include "cli/verbs/verbs.h"
#include "profile/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace tuner {
namespace {

// scdoc's syntax (scdoc(5)): * is bold, _ is underlined, a tab indents, ++ at the end breaks a
// line.
constexpr std::string_view kDescription = R"(
Makes a Linux host ready for kernel TLS, proves it with real handshakes and the kernel's counters, and detects drift. One profile (*ktls-tuner-profile*(5)) states the goals; setting, checking and proving use the same file. Every write is journaled first, so that it can be undone.

Without *-p*, the active profile is used: the one that was applied last. If none is active, verbs that only read use the recommended profile and say so; verbs that write exit with 64.

Results go to stdout, messages to stderr. With *--json*, stdout is exactly one JSON document, also on failure; /usr/share/ktls-tuner/schema/document.schema.json describes it.
)";

constexpr std::string_view kFiles = R"(
*/etc/ktls-tuner/profiles.d/NAME.yaml*
	Profiles of this site. A profile with a shipped profile's name replaces it and may extend it.

*/usr/share/ktls-tuner/profiles/*, */usr/share/ktls-tuner/schema/*
	Shipped profiles, and JSON Schemas of profiles and documents.

*/etc/modules-load.d/ktls-tuner.conf*, */etc/sysctl.d/90-ktls-tuner.conf*
	Written by *apply --persist*, removed by *rollback*.

*/var/lib/ktls-tuner/*
	The persisted profile, the originals from before the first apply, the history.

*/run/ktls-tuner/*
	Journal and lock of this boot.

*ktls-tuner-apply.service*, *ktls-tuner-nic@.service*, *ktls-tuner-check.timer*
	Set a persisted profile at boot, re-apply the settings of one NIC, check for drift.
)";

constexpr std::string_view kEnvironment = R"(
*NO\_COLOR*
	No colour, unless *--color always* is given. *TERM=dumb* does the same.

*COLUMNS*
	The width of tables on a terminal, instead of the one that the terminal reports.

*KTLS\_TUNER\_TOKEN*
	The secret of *probe --listen* and *--connect*, unless *--token-file* is given.
)";

constexpr std::string_view kExamples = R"(
Show what would change, and why:

	*ktls-tuner plan -p edge-server --explain*

Set it, check it, prove it:

	*ktls-tuner tune -p edge-server*

Over ssh: undo the run after a minute unless it is confirmed, and persist it once it is:

	*ktls-tuner apply -p edge-server --persist --confirm-within 60s*++
*ktls-tuner confirm*

Restore the state before the first apply:

	*ktls-tuner rollback*
)";

constexpr std::string_view kProfileDescription = R"(
A profile is a YAML file that lists what a host needs for kernel TLS. A setting is a bare value, which means exactly this value, or a mapping with an operator:

```
schema: ktls-tuner/profile/v1
name: mine                      # the file's name without .yaml
summary: of this site
extends: [edge-server]
sysctl:
  net.core.wmem_max: { at_least: 33554432, why: bulk downloads }
nics:
  - select: { any: physical }
    irqs: { placement: numa-local-spread }
expect:
  paths:
    - { version: TLSv1.2, cipher: AES-128-GCM, tx: kernel, rx: kernel }
```

A setting replaces an inherited one as a whole, and *null* removes it; *nics*, *cpus* and *expect.paths* append. *ktls-tuner profile check FILE* shows all errors at once.
)";

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char each) { return static_cast<char>(std::toupper(each)); });
  return out;
}

// "-p,--profile" and its argument: "*-p*, *--profile* _NAME|PATH_"
std::string option_term(const OptionRow& row) {
  std::string term;
  for (const std::string_view name : split(row.names, ','))
    term += fmt::format("{}*{}*", term.empty() ? "" : ", ", name);
  if (!row.argument.empty()) term += fmt::format(" _{}_", row.argument);
  return term;
}

// The default is read from an Options object, so the page cannot name another one.
std::string option_text(const OptionRow& row) {
  std::string text = to_scdoc(row.doc);
  for (const std::string_view& choice : row.value.choices)
    text += fmt::format("{}*{}*", &choice == row.value.choices.data() ? "; one of " : ", ", choice);
  if (const auto value = default_of(row)) text += fmt::format(" (default *{}*)", *value);
  return text;
}

std::string options(const std::vector<OptionRow>& rows) {
  std::string text;
  for (const OptionRow& row : rows)
    text += fmt::format("\n{}\n\t{}\n", option_term(row), option_text(row));
  return text;
}

// "Exits with 0, 1, 2."; tests/cases/run-cases holds the cases to it.
std::string exits_text(const std::vector<ExitCode>& exits) {
  std::string text = "Exits with";
  for (const ExitCode code : exits)
    text += fmt::format("{} {}", code == exits.front() ? "" : ",", static_cast<int>(code));
  return text + ".";
}

std::string verb_sections() {
  std::string text;
  for (const Verb& verb : verbs()) {
    if (verb.internal) continue;
    text += fmt::format("\n## {}{}{}\n\n{}\n", verb.name, verb.words.empty() ? "" : " ", verb.words,
                        to_scdoc(verb.summary));
    text += options(verb.options);
    text += fmt::format("\n{}\n", exits_text(verb.help.exits));
  }
  return text;
}

std::string exit_status() {
  std::string text;
  for (const ExitCodeRow& row : exit_codes())
    text += fmt::format("\n*{}*\n\t{}; {}.\n", static_cast<int>(row.code), to_scdoc(row.meaning),
                        to_scdoc(row.next_step));
  return text + "\nSeveral at once: 78 before all, then 77, 4, 1, 2, 3.\n";
}

}  // namespace

std::string to_scdoc(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("**")) {
      out += '*';
      ++i;
    } else if (text[i] == '`') {
      out += '*';
    } else {
      // At the start of a line these characters begin a list or a table.
      const bool starts =
          i == 0 && std::string_view("-[|]").find(text[i]) != std::string_view::npos;
      if (starts || std::string_view("*_\\#").find(text[i]) != std::string_view::npos) out += '\\';
      out += text[i];
    }
  }
  return out;
}

// man has no wide tables: each row becomes a term and its text.
std::string table_to_scdoc(std::string_view markdown) {
  std::string text;
  for (const std::string_view line : lines(markdown)) {
    if (line.starts_with("### ")) text += fmt::format("\n# {}\n", upper(line.substr(4)));
    if (!line.starts_with("| `")) continue;  // the table's head, and the line below it
    std::vector<std::string> cells;
    for (const std::string_view cell : split(line.substr(1, line.size() - 2), '|'))
      cells.push_back(to_scdoc(trim(cell)));
    // In a table of three columns the second is the value of the first.
    const bool takes = cells.size() > 2 && !cells[1].empty();
    text += fmt::format("\n{}{}{}\n\t{}\n", cells.front(), takes ? ": " : "", takes ? cells[1] : "",
                        cells.back());
  }
  return text;
}

constexpr std::string_view kGlobalOptions =
    "A verb takes those that do something for it and refuses the others; *ktls-tuner* _VERB_ "
    "*--help* lists what it takes. *--json*, *--color* and *--quiet* are always taken.\n";

std::string program_man_page() {
  return fmt::format("ktls-tuner(8) \"ktls-tuner {}\" \"System Administration\"\n\n", kVersion) +
         "# NAME\n\nktls-tuner - make a host ready for kernel TLS, prove it, keep it so\n\n"
         "# SYNOPSIS\n\n*ktls-tuner* [_OPTION_...] _VERB_ [_OPTION_...] [_WORD_...]\n\n"
         "# DESCRIPTION\n" +
         std::string(kDescription) + "\n# VERBS\n" + verb_sections() + "\n# GLOBAL OPTIONS\n\n" +
         std::string(kGlobalOptions) + "\n" + options(global_options()) + "\n# EXIT STATUS\n" +
         exit_status() + "\n# FILES\n" + std::string(kFiles) + "\n# ENVIRONMENT\n" +
         std::string(kEnvironment) + "\n# EXAMPLES\n" + std::string(kExamples) +
         "\n# SEE ALSO\n\n*ktls-tuner-profile*(5), /usr/share/doc/ktls-tuner/guide.md\n";
}

std::string profile_man_page() {
  return fmt::format("ktls-tuner-profile(5) \"ktls-tuner {}\" \"File Formats\"\n\n", kVersion) +
         "# NAME\n\nktls-tuner-profile - what a host needs for kernel TLS\n\n"
         "# SYNOPSIS\n\n/etc/ktls-tuner/profiles.d/_NAME_.yaml\n\n# DESCRIPTION\n" +
         std::string(kProfileDescription) + table_to_scdoc(profile_reference_markdown()) +
         "\n# SEE ALSO\n\n*ktls-tuner*(8), /usr/share/doc/ktls-tuner/profile.md\n";
}

}  // namespace tuner
