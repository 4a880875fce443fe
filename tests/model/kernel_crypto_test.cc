#include "model/kernel_crypto.h"

#include "model/profile.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

// A record of /proc/crypto (crypto/proc.c), without the lines that the parser ignores.
std::string record(std::string_view name, std::string_view driver, int priority,
                   std::string_view module = "kernel", std::string_view more = "") {
  return fmt::format(
      "name         : {}\ndriver       : {}\nmodule       : {}\npriority     : {}\n"
      "refcnt       : 1\nselftest     : passed\ninternal     : {}\ntype         : aead\n"
      "async        : {}\nblocksize    : 1\nivsize       : 12\nmaxauthsize  : 16\n"
      "geniv        : <none>\n{}\n",
      name, driver, module, priority, name.starts_with("__") ? "yes" : "no",
      driver.starts_with("generic-gcm") ? "yes" : "no", more);
}

// Debian 12 on a server.
std::string with_aesni() {
  return record("gcm(aes)", "gcm_base(ctr(aes-generic),ghash-generic)", 100, "gcm") +
         record("__gcm(aes)", "__generic-gcm-aesni", 400, "aesni_intel") +
         record("gcm(aes)", "generic-gcm-aesni", 400, "aesni_intel") +
         record("ctr(aes)", "ctr-aes-aesni", 400, "aesni_intel") +
         record("aes", "aes-aesni", 300, "aesni_intel") + record("aes", "aes-generic", 100) +
         record("ghash", "ghash-generic", 100, "ghash_generic");
}

// A virtual machine whose CPU has no aes flag, after its first connection.
std::string plain() {
  return record("gcm(aes)", "gcm_base(ctr(aes-generic),ghash-generic)", 100, "gcm") +
         record("ghash", "ghash-generic", 100, "ghash_generic") + record("aes", "aes-generic", 100);
}

CryptoFacts facts(const std::string& text) {
  return {.drivers = parse_proc_crypto(text), .cpu = "x86"};
}

KernelCipher gcm(const std::string& text) {
  return kernel_cipher(facts(text), TlsCipher::Aes128Gcm);
}

TEST(KernelCrypto, TheHighestPriorityWins) {
  const KernelCipher cipher = gcm(with_aesni());
  EXPECT_EQ(cipher.kind, CipherClass::Accelerated) << "generic-gcm-aesni is not plain C";
  EXPECT_EQ(cipher.driver, "generic-gcm-aesni");
  EXPECT_EQ(cipher.module, "aesni_intel");
  EXPECT_EQ(cipher.priority, 400);
  EXPECT_TRUE(cipher.async);
  EXPECT_EQ(kernel_cipher(facts(with_aesni()), TlsCipher::Aes256Gcm).driver, cipher.driver);
}

TEST(KernelCrypto, PlainCIsGenericAndNamed) {
  const KernelCipher cipher = gcm(plain());
  EXPECT_EQ(cipher.kind, CipherClass::Generic);
  EXPECT_FALSE(cipher.async);
  EXPECT_EQ(cipher.because, "aes-generic is plain C");
}

TEST(KernelCrypto, ClassifiesDriverNames) {
  const std::pair<const char*, CipherClass> cases[] = {
      {"generic-gcm-aesni", CipherClass::Accelerated},
      {"generic-gcm-vaes-avx10", CipherClass::Accelerated},
      {"gcm-aes-ce", CipherClass::Accelerated},
      {"gcm-aes-s390", CipherClass::Accelerated},
      {"cryptd(__generic-gcm-aesni)", CipherClass::Accelerated},
      {"gcm_base(ctr-aes-aesni,ghash-clmulni)", CipherClass::Accelerated},
      {"gcm_base(ctr-aes-neonbs,ghash-generic)", CipherClass::Generic},
      {"gcm_base(ctr(aes-fixed-time),ghash-clmulni)", CipherClass::Generic},
      {"rfc7539(chacha20-simd,poly1305-simd)", CipherClass::Accelerated},
      {"rfc7539(chacha20-generic,poly1305-generic)", CipherClass::Generic},
      {"gcm_base(ctr(aes-lib),ghash-lib)", CipherClass::Unknown},
      {"gcm_base(ctr(aes-generic),ghash-lib)", CipherClass::Generic},
      {"", CipherClass::Unknown},
      {"()", CipherClass::Unknown},
  };
  for (const auto& [driver, kind] : cases) EXPECT_EQ(class_of_driver(driver), kind) << driver;
}

// A template is not listed until its first use. A missing template does not mean plain C.
TEST(KernelCrypto, AnUnusedCipherIsNotGeneric) {
  const std::string aesni = record("aes", "aes-aesni", 300, "aesni_intel") +
                            record("aes", "aes-generic", 100) +
                            record("ghash", "ghash-clmulni", 400, "ghash_clmulni_intel");
  const std::string generic =
      record("aes", "aes-generic", 100) + record("ghash", "ghash-generic", 100);
  struct Case {
    std::string text;
    CipherClass expected_kind;
  };
  const Case cases[] = {
      {aesni, CipherClass::Accelerated},
      {record("__gcm(aes)", "__generic-gcm-aesni", 400), CipherClass::Accelerated},
      {generic, CipherClass::Generic},
      {aesni + record("ctr(aes)", "ctr(aes-generic)", 500), CipherClass::Generic},
      {record("aes", "aes-aesni", 300), CipherClass::Unknown},
      {record("ghash", "ghash-generic", 100), CipherClass::Unknown},
      {"", CipherClass::Unknown},
  };
  for (const Case& c : cases) {
    const KernelCipher cipher = gcm(c.text);
    EXPECT_EQ(cipher.kind, CipherClass::NotInstantiated) << c.text;
    EXPECT_EQ(cipher.expected_kind, c.expected_kind) << c.text;
    EXPECT_EQ(cipher.driver, "");
    EXPECT_EQ(generic_cipher_warning(facts(c.text)), std::nullopt) << c.text;
  }
}

TEST(KernelCrypto, UnusableDriversAreIgnored) {
  std::string failed = record("gcm(aes)", "generic-gcm-aesni", 400);
  failed.replace(failed.find("passed"), 6, "unknown");
  EXPECT_EQ(gcm(failed + plain()).kind, CipherClass::Generic) << "self-test not passed";
  std::string internal = record("gcm(aes)", "generic-gcm-aesni", 400);
  internal.replace(internal.find("internal     : no"), 17, "internal     : yes");
  EXPECT_EQ(gcm(internal + plain()).kind, CipherClass::Generic) << "internal";
}

TEST(KernelCrypto, ATruncatedOrStrangeListingGivesItsCompleteRecords) {
  const std::string text = with_aesni();
  for (std::size_t i = 0; i <= text.size(); ++i) {
    for (const CryptoDriver& driver : parse_proc_crypto(text.substr(0, i)))
      EXPECT_FALSE(driver.name.empty() || driver.driver.empty()) << i;
  }
  EXPECT_TRUE(parse_proc_crypto("name\n: \n\n\n:::\npriority : many\n").empty());
  EXPECT_EQ(
      parse_proc_crypto("name : gcm(aes)\ndriver : x\npriority : 99999999999\n").at(0).priority, 0);
}

TEST(KernelCrypto, TheWarningHasTheNextStep) {
  CryptoFacts crypto = facts(plain());
  crypto.cpu_aes = true;
  EXPECT_THAT(*generic_cipher_warning(crypto),
              HasSubstr("the kernel encrypts AES-GCM with gcm_base(ctr(aes-generic),ghash-generic) "
                        "(aes-generic is plain C), which costs several times the CPU time of "
                        "encryption in user space: modprobe aesni_intel (this CPU has the aes "
                        "flag)"));
  crypto.cpu_aes = false;
  EXPECT_THAT(*generic_cipher_warning(crypto), HasSubstr("this (virtual) CPU has no aes flag"));
  crypto.cpu_aes.reset();
  EXPECT_THAT(*generic_cipher_warning(crypto), HasSubstr("check that the CPU has the aes flag"));
  crypto.accelerators = {"aesni_intel"};
  EXPECT_THAT(*generic_cipher_warning(crypto), HasSubstr("aesni_intel is loaded but not selected"));
  crypto.cpu = "aarch64";
  EXPECT_THAT(*generic_cipher_warning(crypto), HasSubstr("modprobe aes_ce_blk"));
  crypto.cpu = "";
  EXPECT_THAT(*generic_cipher_warning(crypto), HasSubstr("x86: aesni_intel; arm64: aes_ce_blk"));
  EXPECT_EQ(generic_cipher_warning(facts(with_aesni())), std::nullopt);
  EXPECT_EQ(generic_cipher_warning(std::nullopt), std::nullopt);
}

TEST(KernelCrypto, EachCipherOfTheKernelsTlsHasARow) {
  const auto ciphers = kernel_ciphers(facts(plain()));
  ASSERT_EQ(ciphers.size(), 5U);
  EXPECT_EQ(ciphers[0].kind, CipherClass::Generic);
  for (std::size_t i = 1; i < ciphers.size(); ++i)
    EXPECT_EQ(ciphers[i].kind, CipherClass::NotInstantiated) << ciphers[i].algorithm;
  for (const TlsCipher cipher : {TlsCipher::Aes128Gcm, TlsCipher::Aes256Gcm, TlsCipher::Aes128Ccm,
                                 TlsCipher::Chacha20Poly1305})
    EXPECT_NE(kernel_cipher(facts(plain()), cipher).algorithm, "");
}

}  // namespace
}  // namespace tuner
