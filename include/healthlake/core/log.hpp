// The structured log: one event name and named fields a line. Never patient data, never secrets.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace healthlake::core {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };
enum class LogFormat { kText, kJson };

// Sends the process's log to stderr. Call once, before any thread is started; until then nothing
// below kWarning is written.
void ConfigureLog(LogLevel level, LogFormat format);
bool LogEnabled(LogLevel level) noexcept;

struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;

  LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
  LogField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  LogField(std::string_view n, bool v) : name(n), value(v) {}
  LogField(std::string_view n, double v) : name(n), value(v) {}
  LogField(std::string_view n, int v) : name(n), value(std::int64_t{v}) {}
  LogField(std::string_view n, long v) : name(n), value(std::int64_t{v}) {}
  LogField(std::string_view n, unsigned v) : name(n), value(std::uint64_t{v}) {}
  LogField(std::string_view n, unsigned long v) : name(n), value(std::uint64_t{v}) {}
};

// Thread-safe, never throws. `event` is a short constant phrase: "request", "job finished".
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) noexcept;

}  // namespace healthlake::core
