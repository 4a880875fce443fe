// The document of openssl-conf: a configuration that asks for kTLS, and its proof.
#pragma once

#include "document/common.h"
#include "model/programs/openssl_option.h"

namespace tuner::document {

struct ConfBase {
  std::string path;
  bool exists = false;
  bool from_environment = false;
};

void describe(auto& keys, Exactly<ConfBase> auto& base) {
  keys.object("openssl_conf_base", "The configuration that is kept");
  keys.key({"path", {}, kNotEmpty}, base.path);
  keys.key({"exists", "false: there is nothing to keep"}, base.exists);
  keys.key({"from_environment", "OPENSSL_CONF of the program names it"}, base.from_environment);
}

struct ConfProgram {
  std::string name;
  std::optional<std::string> service;
  std::string executable;
  std::optional<std::string> library;
  std::string effect;
  bool sure = false;
  bool already = false;
  std::string because;
};

void describe(auto& keys, Exactly<ConfProgram> auto& program) {
  keys.object("openssl_conf_program", "The program that is to use the configuration");
  keys.key({"name"}, program.name);
  keys.key({"service", "The unit of systemd; null: none is known"}, program.service);
  keys.key({"executable"}, program.executable);
  keys.key({"library", "The version of its OpenSSL; null: not known"}, program.library);
  keys.key({"effect",
            "gains: it uses kTLS. key-update: a peer can then break its TLS 1.3 connections. "
            "key-update-unknown: whether a peer can is not known. breaks: its connections break",
            {.words = words_of<OptionEffect::Kind>()}},
           program.effect);
  keys.key({"sure", "false: what was read only suggests it"}, program.sure);
  keys.key({"already", "It uses kTLS without this configuration, too"}, program.already);
  keys.key({"because", "A clause, or a sentence for a risk"}, program.because);
}

struct DropIn {
  std::string unit;
  Texts lines;
};

void describe(auto& keys, Exactly<DropIn> auto& drop_in) {
  keys.object("openssl_conf_drop_in", "Lines for systemctl edit");
  keys.key({"unit", {}, kNotEmpty}, drop_in.unit);
  keys.key({"lines", {}, kNotEmpty}, drop_in.lines);
}

struct ConfEnd {
  bool asks_ktls = false;
  bool unchanged = false;
};

void describe(auto& keys, Exactly<ConfEnd> auto& end) {
  keys.object("openssl_conf_end", "A new context of libssl under the configuration");
  keys.key({"asks_ktls", "SSL_OP_ENABLE_KTLS is set"}, end.asks_ktls);
  keys.key({"unchanged",
            "All other options, protocol versions, security level and ciphers are as under base"},
           end.unchanged);
}

struct ConfProof {
  std::string library;
  ConfEnd server;
  ConfEnd client;
};

void describe(auto& keys, Exactly<ConfProof> auto& proof) {
  keys.object("openssl_conf_proof", "What a process that loaded the configuration read back");
  keys.key({"library", "The libssl of this host, which the proof is about"}, proof.library);
  keys.key({"server"}, proof.server);
  keys.key({"client"}, proof.client);
}

struct OpensslConf {
  std::string configuration;
  std::string file;
  ConfBase base;
  Texts added;
  std::optional<ConfProgram> program;
  Texts accepted_risks;
  std::optional<DropIn> drop_in;
  ConfProof proof;
};

void describe(auto& keys, Exactly<OpensslConf> auto& conf) {
  keys.object("openssl_conf", "An OpenSSL configuration that keeps another one and asks for kTLS");
  keys.key({"configuration", "The text, with comments", kNotEmpty}, conf.configuration);
  keys.key({"file", "The path that its comments suggest; nothing is written there", kNotEmpty},
           conf.file);
  keys.key({"base"}, conf.base);
  keys.key({"added", "Links of the chain of sections that the base lacks"}, conf.added);
  keys.key({"program", "null: without --for"}, conf.program);
  keys.key({"accepted_risks", {}, {.words = words_of<AcceptedRisk>()}}, conf.accepted_risks);
  keys.key({"drop_in", "null: no unit of systemd starts the program"}, conf.drop_in);
  keys.key({"proof"}, conf.proof);
}

}  // namespace tuner::document
