// The program: sub-commands, signals, exit code.
#include <malloc.h>
#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

#include "healthlake/app/app.hpp"
#include "healthlake/core/log.hpp"
#include "healthlake/http/probe.hpp"

namespace healthlake::app {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

// Large buffers come from the kernel and go back to it when they are freed, whatever was freed
// before: glibc would raise its threshold to the largest one seen and keep up to twice that in each
// of eight arenas per core. A threshold of 1 MiB costs an import 12 % in page faults, as a batch is
// made of such pieces; 4 MiB costs nothing. Few arenas, so that threads use what others have freed.
void LimitHeap() {
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  mallopt(M_ARENA_MAX, 4);
}

std::string Authority(const config::Config& config, std::uint16_t port) {
  const bool v6 = config.host.find(':') != std::string::npos;
  return (v6 ? "[" + config.host + "]" : config.host) + ":" + std::to_string(port);
}

int Serve(const config::Invocation& invocation) {
  LimitHeap();
  const config::Config& config = invocation.config;
  core::ConfigureLog(config.log_level, config.log_format);
  for (const std::string& warning : invocation.warnings) {
    core::Log(core::LogLevel::kWarning, "option", {{"note", std::string_view(warning)}});
  }
  // Blocked before any thread exists, so that all inherit it and only sigwait takes them.
  const sigset_t stop = StopSignals();
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  // A peer that is gone and a file at its size limit are errors of a call, not ends of the process.
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);

  const core::SystemClock clock;
  core::RandomIds ids;
  App app(config, clock, ids);
  app.Start();
  std::cout << "listening on http://" << Authority(config, app.port()) << std::endl;

  int received = 0;
  sigwait(&stop, &received);
  core::Log(core::LogLevel::kInfo, "stopping", {{"signal", received}});
  // A second signal ends the process at once, as the impatient expect.
  signal(SIGTERM, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
  app.Stop();
  return EXIT_SUCCESS;
}

int Health(const config::Config& config) {
  const auto status =
      http::ProbeStatus(config.host, config.port, "/health", std::chrono::seconds(2));
  if (status == 200) return EXIT_SUCCESS;
  std::cerr << "healthlake-local: nothing healthy at " << Authority(config, config.port) << '\n';
  return kFailed;
}

int Dispatch(const config::Invocation& invocation) {
  switch (invocation.command) {
    case config::Command::kServe:
      return Serve(invocation);
    case config::Command::kHealth:
      return Health(invocation.config);
    case config::Command::kVersion:
      std::cout << "healthlake-local " << HEALTHLAKE_VERSION << '\n';
      return EXIT_SUCCESS;
    case config::Command::kHelp:
      std::cout << config::HelpText();
      return EXIT_SUCCESS;
    case config::Command::kOptionTable:
      std::cout << config::OptionTableMarkdown();
      return EXIT_SUCCESS;
  }
  return kUsage;
}

std::optional<std::string> FromEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

int Run(int argc, const char* const* argv) {
  try {
    const std::vector<std::string_view> arguments(argv + std::min(argc, 1), argv + argc);
    const auto parsed = config::Parse(arguments, FromEnvironment);
    if (const auto* error = std::get_if<config::UsageError>(&parsed)) {
      std::cerr << "healthlake-local: " << error->message << '\n';
      return kUsage;
    }
    return Dispatch(std::get<config::Invocation>(parsed));
  } catch (const std::exception& error) {
    std::cerr << "healthlake-local: " << error.what() << '\n';
    return kFailed;
  }
}

}  // namespace healthlake::app
