// How the text of an option becomes a member of Config.
#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "healthlake/config/config.hpp"

namespace healthlake::config {

struct Rule {
  bool (*set)(std::string_view text, Config& config);  // false: not allowed
  std::string (*show)(const Config& config);           // the inverse of set
  std::string (*allowed)();                            // completes "must be …"
};

template <auto kMember>
using MemberOf = std::remove_reference_t<decltype(std::declval<Config>().*kMember)>;

inline bool ReadWhole(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

template <auto kMember, std::uint64_t kLeast, std::uint64_t kMost>
constexpr Rule Number() {
  return {[](std::string_view text, Config& config) {
            std::uint64_t number = 0;
            if (!ReadWhole(text, number) || number < kLeast || number > kMost) return false;
            config.*kMember = static_cast<MemberOf<kMember>>(number);
            return true;
          },
          [](const Config& config) { return std::to_string(config.*kMember); },
          [] {
            return "a whole number from " + std::to_string(kLeast) + " to " + std::to_string(kMost);
          }};
}

template <auto kMember, std::uint64_t kMost>
constexpr Rule Seconds() {
  return {[](std::string_view text, Config& config) {
            std::uint64_t number = 0;
            if (!ReadWhole(text, number) || number > kMost) return false;
            config.*kMember = std::chrono::seconds(number);
            return true;
          },
          [](const Config& config) { return std::to_string((config.*kMember).count()); },
          [] { return "whole seconds from 0 to " + std::to_string(kMost); }};
}

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};
// Largest binary units first: the first that divides a number is shown.
inline constexpr std::array<Unit, 6> kUnits{{{"GiB", 1ULL << 30},
                                             {"MiB", 1ULL << 20},
                                             {"KiB", 1ULL << 10},
                                             {"GB", 1'000'000'000},
                                             {"MB", 1'000'000},
                                             {"kB", 1'000}}};

template <auto kMember, std::uint64_t kMost>
constexpr Rule Bytes() {
  return {[](std::string_view text, Config& config) {
            std::uint64_t unit = 1;
            for (const Unit& known : kUnits) {
              if (text.ends_with(known.name)) {
                unit = known.bytes;
                text.remove_suffix(known.name.size());
                break;
              }
            }
            std::uint64_t number = 0;
            if (!ReadWhole(text, number) || number == 0 || number > kMost / unit) return false;
            config.*kMember = number * unit;
            return true;
          },
          [](const Config& config) {
            const std::uint64_t bytes = config.*kMember;
            for (const Unit& unit : kUnits) {
              if (bytes % unit.bytes == 0) {
                return std::to_string(bytes / unit.bytes) + std::string(unit.name);
              }
            }
            return std::to_string(bytes);
          },
          [] {
            return "bytes, or a whole number of kB, KiB, MB, MiB, GB or GiB, up to " +
                   std::to_string(kMost >> 30) + "GiB";
          }};
}

template <typename T>
struct Named {
  std::string_view name;
  T value;
};

// `kNames` is a static array of Named.
template <auto kMember, const auto& kNames>
constexpr Rule Choice() {
  return {[](std::string_view text, Config& config) {
            for (const auto& named : kNames) {
              if (named.name == text) {
                config.*kMember = named.value;
                return true;
              }
            }
            return false;
          },
          [](const Config& config) {
            for (const auto& named : kNames) {
              if (named.value == config.*kMember) return std::string(named.name);
            }
            return std::string();
          },
          [] {
            std::string allowed;
            for (std::size_t i = 0; i < kNames.size(); ++i) {
              if (i > 0) allowed += i + 1 == kNames.size() ? " or " : ", ";
              allowed += kNames[i].name;
            }
            return allowed;
          }};
}

}  // namespace healthlake::config
