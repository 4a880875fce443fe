// Programs that speak TLS, and known defects, in the document of facts.
#pragma once

#include "document/common.h"
#include "model/defect_findings.h"
#include "model/programs/program_risk.h"
#include "model/programs/programs.h"

namespace tuner::document {

struct FilePlace {
  std::string file;
  std::int64_t line = 0;
};

void describe(auto& keys, Exactly<FilePlace> auto& place) {
  keys.object("file_place", "A line of a configuration file");
  keys.key({"file", {}, kNotEmpty}, place.file);
  keys.key({"line", "Counts from 1"}, place.line);
}

struct ProgramLibrary {
  std::string kind;
  std::string path;
  std::optional<std::string> version;
  std::string origin;
  bool replaced = false;
};

void describe(auto& keys, Exactly<ProgramLibrary> auto& library) {
  keys.object("program_library", "A TLS library that a program uses");
  keys.key({"kind", {}, {.words = words_of<TlsLibrary>()}}, library.kind);
  keys.key({"path", "As the process sees it"}, library.path);
  keys.key({"version", "null: not known"}, library.version);
  keys.key({"origin",
            "system: in the distribution's folders; bundled: in another folder; built_in: part of "
            "the executable",
            {.words = words_of<LibraryOrigin>()}},
           library.origin);
  keys.key({"replaced", "The file was replaced or removed since: the process runs the old one"},
           library.replaced);
}

struct ProgramUse {
  std::string answer;
  bool sure = false;
  std::string because;
};

void describe(auto& keys, Exactly<ProgramUse> auto& use) {
  keys.object("program_use", "Whether a program uses kernel TLS as soon as there is one");
  keys.key({"answer",
            "never: it cannot, whatever its configuration says",
            {.words = words_of<KtlsUse::Answer>()}},
           use.answer);
  keys.key({"sure", "false: what was read only suggests it"}, use.sure);
  keys.key({"because", "A clause", kNotEmpty}, use.because);
}

struct ProgramConfig {
  bool tls = false;
  std::optional<FilePlace> tls_place;
  std::optional<bool> ktls;
  std::optional<FilePlace> place;
  std::optional<bool> tls13;
  Texts doubts;
};

void describe(auto& keys, Exactly<ProgramConfig> auto& config) {
  keys.object("program_config", "What the configuration of a program says");
  keys.key({"tls", "Some listener or virtual host has TLS"}, config.tls);
  keys.key({"tls_place", "The first line that says so; null: none is known", kLater},
           config.tls_place);
  keys.key({"ktls", "Whether it asks for kernel TLS; null: it does not say"}, config.ktls);
  keys.key({"place", "Where it says so; null: nowhere"}, config.place);
  keys.key({"tls13", "Whether it allows TLS 1.3; null: it does not say"}, config.tls13);
  keys.key({"doubts", "What was not read or not understood"}, config.doubts);
}

struct ProgramOpenssl {
  std::string path;
  bool from_environment = false;
  std::optional<bool> ktls;
  std::optional<FilePlace> place;
  bool tls12 = true;
  bool tls13 = true;
};

void describe(auto& keys, Exactly<ProgramOpenssl> auto& openssl) {
  keys.object("program_openssl", "What the OpenSSL configuration of a program says");
  keys.key({"path"}, openssl.path);
  keys.key({"from_environment", "OPENSSL_CONF names it; else it is the library's own"},
           openssl.from_environment);
  keys.key({"ktls", "Whether it asks for kernel TLS; null: it does not say"}, openssl.ktls);
  keys.key({"place", "Where it says so; null: nowhere"}, openssl.place);
  keys.key({"tls12", "Whether it allows TLS 1.2"}, openssl.tls12);
  keys.key({"tls13", "Whether it allows TLS 1.3"}, openssl.tls13);
}

struct ProgramRisk {
  std::string kind;
  std::string text;
  Texts ways_out;
};

void describe(auto& keys, Exactly<ProgramRisk> auto& risk) {
  keys.object("program_risk", "What kernel TLS does to a program");
  keys.key({"kind",
            "breaks: its connections fail; key-update: a peer can end them; key-update-unknown: "
            "whether a peer can is not known",
            {.words = words_of<tuner::ProgramRisk::Kind>()}},
           risk.kind);
  keys.key({"text", "A sentence", kNotEmpty}, risk.text);
  keys.key({"ways_out", "Each one is enough"}, risk.ways_out);
}

struct Program {
  std::string name;
  std::optional<std::string> service;
  std::optional<std::string> executable;
  std::vector<std::int64_t> pids;
  bool at_boot = false;
  std::vector<ProgramLibrary> libraries;
  std::string transport;
  ProgramUse uses_ktls;
  std::optional<ProgramConfig> config;
  std::optional<ProgramOpenssl> openssl;
  std::optional<bool> ignores_environment;
  std::optional<std::string> cpus;
  bool seccomp = false;
  std::optional<ProgramRisk> risk;
  Texts not_looked_at;
};

void describe(auto& keys, Exactly<Program> auto& program) {
  keys.object("program", "A program that speaks TLS");
  keys.key({"name", "Of the process, or of the executable"}, program.name);
  keys.key({"service", "The unit of systemd; null: started by no service"}, program.service);
  keys.key({"executable", "null: it could not be read"}, program.executable);
  keys.key({"pids", "Empty: it does not run"}, program.pids);
  keys.key({"at_boot", "Its service starts at boot"}, program.at_boot);
  keys.key({"libraries", {}, kNotEmpty}, program.libraries);
  keys.key({"transport",
            "How it hands connections to libssl. socket: they can be in the kernel; own_bio, "
            "memory_bio: they cannot; inherited_bio: they break there; mixed, none: not known",
            {.words = words_of<TlsTransport>()}},
           program.transport);
  keys.key({"uses_ktls"}, program.uses_ktls);
  keys.key({"config", "null: the tool does not read the configuration of this program"},
           program.config);
  keys.key({"openssl", "null: not looked at, or it does not use OpenSSL"}, program.openssl);
  keys.key({"ignores_environment",
            "Its OpenSSL reads no environment variable: it is set-uid or has file capabilities. "
            "null: it does not run",
            kLater},
           program.ignores_environment);
  keys.key({"cpus",
            "That its processes may use together: \"0-3,8\". null: it does not run, or not known",
            kLater},
           program.cpus);
  keys.key({"seccomp", "A process of it has a seccomp filter", kLater}, program.seccomp);
  keys.key({"risk", "null: none is known"}, program.risk);
  keys.key({"not_looked_at", "What was not looked at or could not be read"}, program.not_looked_at);
}

struct Programs {
  std::vector<Program> programs;
  std::optional<bool> gnutls_asks;
  Texts not_looked_at;
};

void describe(auto& keys, Exactly<Programs> auto& programs) {
  keys.object("programs", "The programs that speak TLS: running, or started at boot");
  keys.key({"programs"}, programs.programs);
  keys.key({"gnutls_asks", "Whether /etc/gnutls/config asks for kernel TLS; null: not known"},
           programs.gnutls_asks);
  keys.key({"not_looked_at", "Not empty: programs may be missing"}, programs.not_looked_at);
}

struct Defect {
  std::string id;
  std::string of;
  std::optional<std::string> version;
  std::string state;
  std::string title;
  std::string symptom;
  std::string needs;
  std::string in_use;
  std::optional<std::string> use_because;
  Texts fixed_in;
  std::optional<std::string> next_step;
};

void describe(auto& keys, Exactly<Defect> auto& defect) {
  keys.object("defect", "A known defect of the kernel's TLS or of OpenSSL");
  keys.key({"id", "The CVE, or a name where there is none", kNotEmpty}, defect.id);
  keys.key({"of", {}, {.words = words_of<tuner::Defect::Of>()}}, defect.of);
  keys.key({"version",
            "The upstream release of the kernel, or the text of the library. null: not known, as "
            "of a vendor's kernel"},
           defect.version);
  keys.key({"state",
            "fixed: or never affected. unknown: its number does not tell, and it may be affected",
            {.words = words_of<DefectState>()}},
           defect.state);
  keys.key({"title", "Of the commit that fixed it"}, defect.title);
  keys.key({"symptom"}, defect.symptom);
  keys.key({"needs",
            "What must be in use for it to matter",
            {.words = words_of<tuner::Defect::Needs>()}},
           defect.needs);
  keys.key({"in_use",
            "Whether that is in use here. unknown: programs decide",
            {.words = words_of<DefectUse>()}},
           defect.in_use);
  keys.key({"use_because", "null: in_use is unknown"}, defect.use_because);
  keys.key({"fixed_in", "The first fixed release of each branch"}, defect.fixed_in);
  keys.key({"next_step", "null: it is fixed"}, defect.next_step);
}

}  // namespace tuner::document
