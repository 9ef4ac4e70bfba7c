// SPDX-License-Identifier: Apache-2.0
#include "ctl/version_words.h"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "ctl/version_verbs.h"

namespace parley::ctl {
namespace {

// One command runs per process: each verb reads its own of these.
struct VersionWords {
  UploadWords upload;
  TrustWords trust;
  std::string file, key, id, version, reason;
  bool allow_downgrade = false;
};
using Words = std::shared_ptr<VersionWords>;

void add_verify(CLI::App& plugin, const AddVerb& verb, const Words& words) {
  auto* verified = verb(plugin, "verify", "whether FILE.sig is a good signature of this very file",
                        [words](Context& c) {
                          if (words->trust.keys.empty() && words->trust.config.empty()) {
                            c.terminal.err << "say whose signature counts: --key PUBLIC, or "
                                              "--config FILE with its plugins.trusted_keys\n";
                            return kUsage;
                          }
                          return plugin_verify(c, words->file, words->trust);
                        });
  verified->add_option("FILE", words->file, "the built plugin, FILE.sig beside it")
      ->required()
      ->type_name("FILE");
  verified->add_option("--key", words->trust.keys, "a public key, as `key make` prints it")
      ->type_name("PUBLIC")
      ->expected(1)
      ->take_all();
  verified->add_option("--config", words->trust.config, "a server's, for its plugins.trusted_keys")
      ->type_name("FILE");
}

void add_signing(CLI::App& key, CLI::App& plugin, const AddVerb& verb, const Words& words) {
  auto* made = verb(key, "make", "write a private key and print the public one",
                    [words](Context& c) { return key_make(c, words->file); });
  made->add_option("FILE", words->file, "for the private key; must not exist")
      ->required()
      ->type_name("FILE");
  auto* sign = verb(plugin, "sign", "sign a built plugin: writes FILE.sig",
                    [words](Context& c) { return plugin_sign(c, words->file, words->key); });
  sign->add_option("FILE", words->file)->required()->type_name("FILE");
  sign->add_option("--key", words->key, "the private key")->required()->type_name("FILE");
  add_verify(plugin, verb, words);
}

void add_upload(CLI::App& plugin, const AddVerb& verb, const Words& words) {
  auto* sent = verb(plugin, "upload", "send a signed plugin to the server, which keeps it",
                    [words](Context& c) { return plugin_upload(c, words->upload); });
  sent->add_option("FILE", words->upload.file, "the built plugin, FILE.sig beside it")
      ->required()
      ->type_name("FILE");
  sent->add_flag("--allow-downgrade", words->upload.allow_downgrade,
                 "even if a newer version is there");
  sent->add_flag("--allow-same-version", words->upload.allow_same_version,
                 "even if another file calls itself this version");
  sent->add_flag("--load", words->upload.load, "let it serve at once, and pin it");
}

void add_versions(CLI::App& plugin, const AddVerb& verb, const Words& words) {
  auto* listed = verb(plugin, "versions", "which uploaded versions are kept",
                      [words](Context& c) { return plugin_versions(c, words->id); });
  listed->add_option("NAME", words->id)->required()->type_name("PLUGIN");
  auto* pin = verb(plugin, "pin", "from now on load this kept version", [words](Context& c) {
    return plugin_pin(c, words->id, words->version, words->allow_downgrade);
  });
  pin->add_option("NAME", words->id)->required()->type_name("PLUGIN");
  pin->add_option("VERSION", words->version, "as `plugin versions` shows it")->required();
  pin->add_flag("--allow-downgrade", words->allow_downgrade, "even if a newer version is there");
  auto* unpin = verb(plugin, "unpin", "load from plugins.folder again",
                     [words](Context& c) { return plugin_unpin(c, words->id); });
  unpin->add_option("NAME", words->id)->required()->type_name("PLUGIN");
}

void add_revoke(CLI::App& plugin, const AddVerb& verb, const Words& words) {
  auto* revoked = verb(plugin, "revoke", "never load this file, or what this key signed, again",
                       [words](Context& c) {
                         if (words->id.empty()) return plugin_revocations(c);
                         return plugin_revoke(c, words->id, words->version, words->reason);
                       });
  revoked
      ->add_option("TARGET", words->id,
                   "a key (16 hex digits), a SHA-256, or NAME with VERSION; without: the list")
      ->type_name("PLUGIN");
  revoked->add_option("VERSION", words->version, "of that plugin");
  revoked->add_option("--reason", words->reason, "told to whoever tries")->type_name("TEXT");
}

}  // namespace

void add_version_words(CLI::App& key, CLI::App& plugin, const AddVerb& verb) {
  const auto words = std::make_shared<VersionWords>();
  add_signing(key, plugin, verb, words);
  add_upload(plugin, verb, words);
  add_versions(plugin, verb, words);
  add_revoke(plugin, verb, words);
}

}  // namespace parley::ctl
