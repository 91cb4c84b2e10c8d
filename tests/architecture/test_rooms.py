"""The tree keeps to the rooms: arrows as in the table, private headers private, no banned calls."""

import json
import pathlib
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = json.loads((pathlib.Path(__file__).parent / "rooms.json").read_text())
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.MULTILINE)
# Rooms whose one job is to know a library; elsewhere its headers must not be seen.
LIBRARY_ROOMS = {
    "boost/": {"http"},
    "sqlite3.h": {"store"},
    "simdjson.h": {"json"},
    "spdlog/": {"core"},
    "openssl/": {"core"},
    "zstd.h": {"store"},
    "re2/": {"aws", "fhir"},
    "utf8proc.h": {"fhir"},
}
# Time, chance and the environment are injected.
BANNED = {
    r"system_clock::now": {"core"},
    r"steady_clock::now": {"core"},
    r"\bgetenv\b": {"app"},
    r"\bs?rand\(": set(),
    r"random_device": set(),
    r"co_await": {"http"},
}
G12_TEMPORARY = re.compile(r"co_await[^;]*(\[[^\]]*\]\s*(\([^)]*\))?\s*(mutable)?\s*\{|\(\{)")


def sources(room):
    for base in (ROOT / "include/healthlake" / room, ROOT / "src" / room):
        yield from sorted(p for p in base.rglob("*") if p.suffix in {".hpp", ".cpp", ".inc"})


def room_of(include):
    """The room that an include names, and whether by its public header."""
    parts = include.split("/")
    if parts[0] == "healthlake" and len(parts) > 2:
        return parts[1], True
    if parts[0] in ROOMS and len(parts) > 1:
        return parts[0], False
    return None, False


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_includes_only_what_the_table_allows(room):
    wrong = []
    for path in sources(room):
        for include in INCLUDE.findall(path.read_text()):
            target, public = room_of(include)
            if target is None or target == room:
                continue
            if not public:
                wrong.append(f"{path.relative_to(ROOT)}: private header {include}")
            elif target not in ROOMS[room]:
                wrong.append(f"{path.relative_to(ROOT)}: {room} may not use {target}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_names_only_libraries_that_are_its_job(room):
    wrong = []
    for path in sources(room):
        for include in INCLUDE.findall(path.read_text()):
            for library, rooms in LIBRARY_ROOMS.items():
                if include.startswith(library) and room not in rooms:
                    wrong.append(f"{path.relative_to(ROOT)}: {include}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", ROOMS)
def test_time_chance_environment_and_coroutines_stay_in_their_rooms(room):
    wrong = []
    for path in sources(room):
        text = re.sub(r"//.*", "", path.read_text())
        for pattern, rooms in BANNED.items():
            if room not in rooms and re.search(pattern, text):
                wrong.append(f"{path.relative_to(ROOT)}: {pattern}")
        if G12_TEMPORARY.search(text):
            wrong.append(f"{path.relative_to(ROOT)}: a temporary inside co_await (g++ 12)")
    assert not wrong, "\n".join(wrong)


def test_every_folder_is_a_room_of_the_table():
    for base in (ROOT / "include/healthlake", ROOT / "src"):
        folders = {p.name for p in base.iterdir() if p.is_dir() and any(p.iterdir())}
        assert folders - {"cmake"} <= set(ROOMS)


def test_beast_is_included_by_at_most_three_files():
    files = [p for room in ROOMS for p in sources(room) if "<boost/beast" in p.read_text()]
    assert len(files) <= 3, files


def test_each_public_header_compiles_alone():
    headers = sorted((ROOT / "include/healthlake").rglob("*.hpp"))
    assert headers

    def compile_alone(header):
        done = subprocess.run(
            ["g++", "-std=c++20", "-fsyntax-only", "-x", "c++", "-I", str(ROOT / "include"), str(header)],
            capture_output=True, text=True, check=False,
        )
        return header, done

    with ThreadPoolExecutor(2) as pool:
        wrong = [f"{header}: {done.stderr[:400]}"
                 for header, done in pool.map(compile_alone, headers) if done.returncode != 0]
    assert not wrong, "\n".join(wrong)
