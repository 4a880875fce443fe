// Real processes that try to act through what the scan of programs reads of them.
#include "host/files/file_tree.h"
#include "host/programs/process.h"
#include "support/temp_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <thread>

namespace tuner {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

bool within(std::chrono::milliseconds limit, const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

// A child process, killed by the destructor.
class Child {
 public:
  explicit Child(const std::function<void()>& run) : pid_(::fork()) {
    if (pid_ != 0) return;
    run();
    ::_exit(1);
  }
  ~Child() { end(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int pid() const { return pid_; }
  bool runs() { return ::waitpid(pid_, nullptr, WNOHANG) == 0; }
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_;
};

// A program that has loaded the hostile library; `sign` is made by each process that loads it.
class HostileProgram {
 public:
  explicit HostileProgram(const std::string& openssl_conf = "")
      : library_(folder_.path() + "/libssl.so.3"), sign_(folder_.path() + "/sign") {
    std::filesystem::copy_file(HOSTILE_LIBRARY, library_);
    ::setenv("HOSTILE_SIGN", sign_.c_str(), 1);  // so also a scan that loads it would act
    child_.emplace([&] {
      const std::string preload = "LD_PRELOAD=" + library_;
      const std::string sign = "HOSTILE_SIGN=" + sign_;
      const std::string conf = "OPENSSL_CONF=" + openssl_conf;
      const char* const environment[] = {preload.c_str(), sign.c_str(), conf.c_str(), nullptr};
      ::execle("/bin/sleep", "sleep", "60", nullptr, environment);
    });
    acted_ = within(10s, [&] { return std::filesystem::exists(sign_); });
    std::filesystem::remove(sign_);
  }

  bool acted() const { return acted_; }  // in its own process
  bool acted_again() const { return std::filesystem::exists(sign_); }
  const std::string& library() const { return library_; }
  Child& child() { return *child_; }

  Result<std::optional<Program>> look() {
    const auto files = local_file_tree();
    ProgramFiles program_files(*files);
    return tls_process(*files, program_files, child_->pid());
  }

 private:
  testing::TempFolder folder_;
  std::string library_, sign_;
  std::optional<Child> child_;
  bool acted_ = false;
};

TEST(HostileProcess, ALibraryThatItBroughtAlongIsReadAndNotRun) {
  HostileProgram hostile;
  ASSERT_TRUE(hostile.acted()) << "the control: each process that loads it makes the file";
  const auto found = hostile.look();
  ASSERT_TRUE(found) << found.error().text;
  ASSERT_TRUE(*found);
  const Program& program = **found;
  ASSERT_EQ(program.libraries.size(), 1U);
  EXPECT_EQ(program.libraries[0].path, hostile.library());
  EXPECT_EQ(library_origin(program.libraries[0]), LibraryOrigin::Bundled);
  EXPECT_FALSE(hostile.acted_again());
}

TEST(HostileProcess, ALibraryThatWasReplacedIsReadAsTheProcessHasIt) {
  HostileProgram hostile;
  ASSERT_TRUE(hostile.acted());
  std::filesystem::remove(hostile.library());
  const auto found = hostile.look();
  ASSERT_TRUE(found && *found);
  EXPECT_TRUE((*found)->libraries.at(0).replaced);
  EXPECT_FALSE(hostile.acted_again());
}

TEST(HostileProcess, AFifoThatItNamesAsItsConfigurationIsNotOpened) {
  const testing::TempFolder folder;
  const std::string fifo = folder.path() + "/openssl.cnf";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  Child writer([&] { ::_exit(::open(fifo.c_str(), O_WRONLY) >= 0 ? 0 : 2); });
  HostileProgram hostile(fifo);
  ASSERT_TRUE(hostile.acted());
  const auto found = hostile.look();
  ASSERT_TRUE(found && *found);
  EXPECT_THAT((*found)->doubts, Contains(HasSubstr(fifo)));
  EXPECT_TRUE(writer.runs()) << "an open for reading lets the writer go on";
}

// A link of /proc leads to the open pipe itself; what is read from it is missing at its other end.
TEST(HostileProcess, APipeThatItNamesByALinkOfProcIsNotRead) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  constexpr std::string_view kText = "openssl_conf = x\n";
  ASSERT_EQ(::write(ends[1], kText.data(), kText.size()), static_cast<ssize_t>(kText.size()));
  const std::string link = fmt::format("/proc/{}/fd/{}", ::getpid(), ends[0]);
  HostileProgram hostile(link);
  ASSERT_TRUE(hostile.acted());
  const auto found = hostile.look();
  ASSERT_TRUE(found && *found);
  EXPECT_THAT((*found)->doubts, Contains(HasSubstr(link)));
  int left = 0;
  ASSERT_EQ(::ioctl(ends[0], FIONREAD, &left), 0);
  EXPECT_EQ(left, static_cast<int>(kText.size()));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(HostileProcess, OneThatEndsWhileItIsLookedAtIsNoneOrWhole) {
  for (int delay = 0; delay < 20; ++delay) {
    HostileProgram hostile;
    ASSERT_TRUE(hostile.acted());
    std::thread killer([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(50 * delay));
      ::kill(hostile.child().pid(), SIGKILL);
    });
    const auto found = hostile.look();
    killer.join();
    if (found && *found) {
      EXPECT_EQ((*found)->libraries.at(0).path, hostile.library());
    }
  }
}

TEST(HostileProcess, OneThatHasEndedIsNone) {
  HostileProgram hostile;
  ASSERT_TRUE(hostile.acted());
  ::kill(hostile.child().pid(), SIGKILL);
  // A zombie: its number is not given away yet, and it has no files any more.
  ASSERT_TRUE(within(5s, [&] {
    const auto found = hostile.look();
    return found && !*found;
  }));
}

}  // namespace
}  // namespace tuner
