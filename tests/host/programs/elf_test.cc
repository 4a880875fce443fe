#include "host/programs/elf.h"

#include "support/elf_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <elf.h>
#include <memory>

namespace tuner {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::ElfFile;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

ReadAt reader_of(std::string bytes) {
  return [bytes = std::move(bytes)](std::uint64_t at, std::span<std::byte> into) {
    if (at > bytes.size() || into.size() > bytes.size() - at) return false;
    std::memcpy(into.data(), bytes.data() + at, into.size());
    return true;
  };
}

ReadAt reader_of_file(const char* path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  const std::shared_ptr<const int> handle(new int(file), [](const int* fd) {
    close(*fd);
    delete fd;
  });
  return [handle](std::uint64_t at, std::span<std::byte> into) {
    return pread(*handle, into.data(), into.size(), static_cast<off_t>(at)) ==
           static_cast<ssize_t>(into.size());
  };
}

constexpr std::string_view kAsked[] = {"SSL_set_fd", "BIO_meth_new", "own"};

Result<ElfDynamic> read(std::string bytes) {
  return read_elf_dynamic(reader_of(std::move(bytes)), kAsked);
}

Fault fault_of(std::string bytes) {
  const auto found = read(std::move(bytes));
  return found ? Fault::Internal : found.error().fault;
}

TEST(Elf, TellsLibrariesImportsAndExports) {
  for (const bool gnu : {false, true}) {
    const auto found = read(ElfFile{.gnu_hash = gnu}.bytes());
    ASSERT_TRUE(found) << found.error().text;
    EXPECT_TRUE(found->present);
    EXPECT_THAT(found->needed, ElementsAre("libssl.so.3"));
    EXPECT_THAT(found->imports, UnorderedElementsAre("SSL_set_fd")) << gnu;
    EXPECT_THAT(found->exports, UnorderedElementsAre("own")) << gnu;
  }
}

TEST(Elf, AStaticProgramHasNoDynamicSection) {
  std::string bytes = ElfFile{}.bytes();
  const std::uint32_t note = PT_NOTE;
  std::memcpy(bytes.data() + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr), &note, sizeof note);
  const auto found = read(bytes);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->present);
  EXPECT_THAT(found->imports, IsEmpty());
}

TEST(Elf, OtherFilesAreRefused) {
  EXPECT_EQ(fault_of(""), Fault::Invalid);
  EXPECT_EQ(fault_of("#!/bin/sh\n"), Fault::Invalid);
  EXPECT_EQ(fault_of(std::string(4096, 'x')), Fault::Invalid);
  std::string other = ElfFile{}.bytes();
  other[EI_CLASS] = ELFCLASS32;
  EXPECT_EQ(fault_of(other), Fault::Unsupported);
}

TEST(Elf, ACutFileIsDamagedWhereverItIsCut) {
  const std::string whole = ElfFile{}.bytes();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(fault_of(whole.substr(0, length)), Fault::Internal) << length;
  }
}

// Whatever a byte is changed to, the reader ends, and within its limits.
TEST(Elf, AnyByteMayLie) {
  for (const bool gnu : {false, true}) {
    const std::string whole = ElfFile{.gnu_hash = gnu}.bytes();
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const char lie : {'\0', '\1', '\x7f', '\x80', '\xff'}) {
        std::string bytes = whole;
        bytes[at] = lie;
        const auto found = read(bytes);
        EXPECT_TRUE(!found || found->imports.size() + found->exports.size() <= std::size(kAsked));
      }
    }
  }
}

TEST(Elf, TablesOutsideOfTheFileAreDamage) {
  const std::string whole = ElfFile{}.bytes();
  const std::size_t dynamic = whole.size() - 6 * sizeof(Elf64_Dyn);
  for (const std::size_t entry : {1U, 2U, 3U, 4U}) {  // names, their size, symbols, hash
    for (const std::uint64_t value :
         {std::uint64_t{0x8000}, std::uint64_t{0xFFFF}, UINT64_MAX, UINT64_MAX - 7}) {
      std::string bytes = whole;
      std::memcpy(bytes.data() + dynamic + entry * sizeof(Elf64_Dyn) + 8, &value, sizeof value);
      EXPECT_NE(fault_of(bytes), Fault::Internal) << entry << " " << value;
    }
  }
}

TEST(Elf, ANameWithoutEndIsDamage) {
  ElfFile elf;
  elf.names.pop_back();
  EXPECT_EQ(fault_of(elf.bytes()), Fault::Invalid);
  elf = {};
  elf.symbols[1].st_name = 4000;
  EXPECT_EQ(fault_of(elf.bytes()), Fault::Invalid);
}

TEST(Elf, TooManySymbolsAreNotRead) {
  std::string bytes = ElfFile{}.bytes();
  const std::size_t hash = bytes.size() - 6 * sizeof(Elf64_Dyn) - 8;
  const std::uint32_t many = kMostElfSymbols + 1;
  std::memcpy(bytes.data() + hash + 4, &many, sizeof many);
  EXPECT_EQ(fault_of(bytes), Fault::TooLarge);
}

TEST(Elf, ReadsThisProgram) {
  constexpr std::string_view asked[] = {"pread", "pread64", "SSL_set_fd"};
  const auto found = read_elf_dynamic(reader_of_file("/proc/self/exe"), asked);
  ASSERT_TRUE(found) << found.error().text;
  EXPECT_THAT(found->needed, Contains("libc.so.6"));
  EXPECT_EQ(found->imports.size(), 1U);
  EXPECT_FALSE(found->imports.contains("SSL_set_fd"));
}

}  // namespace
}  // namespace tuner
