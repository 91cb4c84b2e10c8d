#include "fhir/ucum_units.hpp"

namespace healthlake::fhir::ucum {
namespace {

constexpr auto kPrefixes = std::to_array<PrefixRow>({
    {"Y", 24}, {"Z", 21},  {"E", 18},  {"P", 15},  {"T", 12},  {"G", 9},   {"M", 6},
    {"k", 3},  {"h", 2},   {"da", 1},  {"d", -1},  {"c", -2},  {"m", -3},  {"u", -6},
    {"n", -9}, {"p", -12}, {"f", -15}, {"a", -18}, {"z", -21}, {"y", -24},
});

constexpr bool kMetric = true;
constexpr bool kPlain = false;
constexpr std::string_view kBase;

constexpr auto kUnits = std::to_array<UnitRow>({
    // Base units, in the order of UnitDimension.
    {"m", kMetric, kBase},
    {"s", kMetric, kBase},
    {"g", kMetric, kBase},
    {"K", kMetric, kBase},
    {"C", kMetric, kBase},
    {"mol", kMetric, kBase},
    {"eq", kMetric, kBase},
    {"osm", kMetric, kBase},
    {"[iU]", kMetric, kBase},
    {"[arb'U]", kPlain, kBase},
    {"[CFU]", kMetric, kBase},
    {"Bq", kMetric, kBase},
    {"Gy", kMetric, kBase},
    {"Sv", kMetric, kBase},
    {"deg", kPlain, kBase},
    {"rad", kMetric, kBase},
    // Plain numbers.
    {"10*", kPlain, "1", 1, 1, 1},
    {"10^", kPlain, "1", 1, 1, 1},
    {"%", kPlain, "1", 1, 1, -2},
    {"[ppth]", kPlain, "1", 1, 1, -3},
    {"[ppm]", kPlain, "1", 1, 1, -6},
    {"[ppb]", kPlain, "1", 1, 1, -9},
    {"[pptr]", kPlain, "1", 1, 1, -12},
    // Time.
    {"min", kPlain, "s", 60},
    {"h", kPlain, "s", 3'600},
    {"d", kPlain, "s", 86'400},
    {"wk", kPlain, "s", 604'800},
    {"mo", kPlain, "s", 2'629'800},
    {"mo_j", kPlain, "s", 2'629'800},
    {"a", kPlain, "s", 31'557'600},
    {"a_j", kPlain, "s", 31'557'600},
    {"Hz", kMetric, "s-1"},
    // Length.
    {"Ao", kPlain, "m", 1, 1, -10},
    {"[in_i]", kPlain, "m", 254, 1, -4},
    {"[ft_i]", kPlain, "m", 3'048, 1, -4},
    {"[yd_i]", kPlain, "m", 9'144, 1, -4},
    {"[mi_i]", kPlain, "m", 1'609'344, 1, -3},
    // Volume.
    {"L", kMetric, "dm3"},
    {"l", kMetric, "dm3"},
    {"[gal_us]", kPlain, "mL", 3'785'411'784, 1, -6},
    {"[qt_us]", kPlain, "mL", 946'352'946, 1, -6},
    {"[pt_us]", kPlain, "mL", 473'176'473, 1, -6},
    {"[cup_us]", kPlain, "mL", 2'365'882'365, 1, -7},
    {"[foz_us]", kPlain, "mL", 295'735'295'625, 1, -10},
    {"[tbs_us]", kPlain, "mL", 1'478'676'478'125, 1, -11},
    {"[tsp_us]", kPlain, "mL", 492'892'159'375, 1, -11},
    {"[drp]", kPlain, "mL", 5, 1, -2},
    // Mass.
    {"t", kMetric, "kg", 1'000},
    {"[lb_av]", kPlain, "g", 45'359'237, 1, -5},
    {"[oz_av]", kPlain, "g", 28'349'523'125, 1, -9},
    {"[stone_av]", kPlain, "[lb_av]", 14},
    {"[gr]", kPlain, "mg", 6'479'891, 1, -5},
    // Force, pressure, energy.
    {"N", kMetric, "kg.m/s2"},
    {"dyn", kMetric, "g.cm/s2"},
    {"Pa", kMetric, "N/m2"},
    {"bar", kMetric, "Pa", 1, 1, 5},
    {"atm", kPlain, "Pa", 101'325},
    {"m[Hg]", kMetric, "Pa", 133'322},
    {"m[H2O]", kMetric, "Pa", 980'665, 1, -2},
    {"[in_i'Hg]", kPlain, "m[Hg]", 254, 1, -4},
    {"[in_i'H2O]", kPlain, "m[H2O]", 254, 1, -4},
    {"[lbf_av]", kPlain, "[lb_av].m/s2", 980'665, 1, -5},
    {"[psi]", kPlain, "[lbf_av]/[in_i]2"},
    {"J", kMetric, "N.m"},
    {"erg", kMetric, "dyn.cm"},
    {"cal", kMetric, "J", 4'184, 1, -3},
    {"cal_th", kMetric, "J", 4'184, 1, -3},
    {"cal_IT", kMetric, "J", 41'868, 1, -4},
    {"[Cal]", kPlain, "kcal"},
    {"W", kMetric, "J/s"},
    // Electricity.
    {"A", kMetric, "C/s"},
    {"V", kMetric, "J/C"},
    {"Ohm", kMetric, "V/A"},
    {"S", kMetric, "A/V"},
    {"F", kMetric, "C/V"},
    // Amounts of substance and activity.
    {"[IU]", kMetric, "[iU]"},
    {"kat", kMetric, "mol/s"},
    {"U", kMetric, "umol/min"},
    {"Ci", kMetric, "Bq", 37, 1, 9},
    {"[diop]", kPlain, "m-1"},
});

constexpr auto kCommonCodes = std::to_array<CodeFamily>({
    {"kg g cg mg ug ng pg t [lb_av] [oz_av] [stone_av] [gr]", ""},
    {"km m dm cm mm um nm Ao [in_i] [ft_i] [yd_i] [mi_i]", ""},
    {"m2 cm2 mm2 um2 [in_i]2 [ft_i]2", ""},
    {"m3 dm3 cm3 mm3 L dL cL mL uL nL pL fL l dl cl ml ul fl", ""},
    {"[gal_us] [qt_us] [pt_us] [cup_us] [foz_us] [tbs_us] [tsp_us] [drp]", ""},
    {"ns us ms s min h d wk mo a", ""},
    {"Pa hPa kPa MPa mbar bar atm mm[Hg] cm[H2O] [psi]", ""},
    {"J kJ MJ cal kcal [Cal] W mW kW", ""},
    {"V mV uV kV A mA uA Ohm kOhm S mS uS", ""},
    {"K mK deg rad N mN dyn [diop]", ""},
    {"mol mmol umol nmol pmol fmol eq meq ueq osm mosm kat ukat nkat U kU mU", ""},
    {"[iU] k[iU] m[iU] u[iU] [IU] k[IU] m[IU] u[IU] M[IU] [CFU] Bq kBq MBq GBq mCi uCi", ""},
    {"Gy mGy cGy Sv mSv uSv", ""},
    {"1 % [ppth] [ppm] [ppb] 10*-3 10*3 10*6 10*9 10*12 {ratio} {score} {count}", ""},
    {"kg g mg ug ng pg", "L dL mL uL l dl ml"},
    {"kg/m3 g/m3 mg/m3 ug/m3 g/cm3 mg/mm3", ""},
    {"mol mmol umol nmol pmol fmol", "L dL mL l dl ml"},
    {"eq meq ueq osm mosm", "L dL mL l"},
    {"osm mosm mol mmol umol eq meq", "kg g"},
    {"[iU] k[iU] m[iU] u[iU] [IU] k[IU] m[IU] u[IU]", "L dL mL l ml"},
    {"U kU mU kat ukat nkat", "L dL mL l ml"},
    {"umol nmol", "min/L"},
    {"1 {cells} {copies} 10*3 10*6 10*9 10*12 10^3 10^6 10^9 10^12", "L mL uL mm3"},
    {"10*3{cells} 10*6{cells} 10*9{cells}", "L mL uL"},
    {"/L /mL /uL /mm3 /min /s /h /d Hz kHz MHz", ""},
    {"1 {beats} {breaths}", "min s"},
    {"L mL uL dL", "s min h d"},
    {"mL/min/{1.73_m2}", ""},
    {"kg g mg ug ng mol mmol umol meq", "h d min"},
    {"[iU] [IU]", "h d min"},
    {"kcal kJ", "d h"},
    {"g mg ug ng", "kg g mg"},
    {"g mg ug ng", "kg/h kg/d kg/min"},
    {"mL", "kg kg/h kg/d kg/min"},
    {"g mg ug", "mmol mol"},
    {"kg g mg", "m2"},
    {"L mL", "m2 min/m2"},
    {"mol mmol umol nmol", "mol"},
    {"L mL", "L"},
    {"m cm mm km", "s h min"},
    {"dyn.s/cm5 mm[Hg].min/L Pa.s/m3", ""},
});

}  // namespace

std::span<const PrefixRow> Prefixes() {
  return kPrefixes;
}

std::span<const UnitRow> Units() {
  return kUnits;
}

std::span<const CodeFamily> CommonCodes() {
  return kCommonCodes;
}

}  // namespace healthlake::fhir::ucum
