// The composition root: everything built in order of dependence, started, and taken down in
// reverse.
#pragma once

#include <cstdint>
#include <memory>

#include "healthlake/config/config.hpp"
#include "healthlake/core/clock.hpp"
#include "healthlake/core/id_generator.hpp"

namespace healthlake::app {

// One server in this process. `clock` and `ids` must outlive it. Confined to one thread.
class App {
 public:
  // Opens the data directory and puts right what a crash left. Throws core::Error{kUnavailable}
  // when the directory is in use, of another version, or cannot be written.
  App(const config::Config& config, const core::Clock& clock, core::IdGenerator& ids);
  ~App();  // stops

  // Listens and lets the job workers begin. Throws core::Error{kUnavailable}: address in use.
  void Start();
  std::uint16_t port() const;

  // Answers what is in flight, parks the jobs, checkpoints and closes every file; within 10 s.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The program: sub-commands, signals, exit code. What src/main.cpp calls.
int Run(int argc, const char* const* argv);

}  // namespace healthlake::app
