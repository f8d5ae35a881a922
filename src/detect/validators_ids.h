// Numbers of persons and accounts that have a check digit or a fixed structure.
#pragma once

#include "detect/validators.h"

namespace spillguard::detect {

// ISO 13616: two letters of a country that uses IBANs, the length of that country, and a remainder
// of 1 modulo 97 (ISO/IEC 7064). Blanks and dashes between groups are allowed.
bool iban(const Candidate& candidate);

// US social security number: no area 000, 666 or 900-999, no group 00, no serial 0000, and none of
// the numbers known from advertisements.
// Source: https://www.ssa.gov/employer/randomization.html
bool us_ssn(const Candidate& candidate);

// National numbers of persons; blanks, dots, dashes and slashes between digits are allowed.
// Sources stand beside the functions.
bool id_at_svnr(const Candidate& candidate);
bool id_au_tfn(const Candidate& candidate);
bool id_be_rrn(const Candidate& candidate);
bool id_br_cpf(const Candidate& candidate);
bool id_ca_sin(const Candidate& candidate);
bool id_ch_ahv(const Candidate& candidate);
bool id_de_tax(const Candidate& candidate);
bool id_dk_cpr(const Candidate& candidate);
bool id_es_nif(const Candidate& candidate);
bool id_fi_hetu(const Candidate& candidate);
bool id_fr_nir(const Candidate& candidate);
bool id_gb_nino(const Candidate& candidate);
bool id_in_aadhaar(const Candidate& candidate);
bool id_it_cf(const Candidate& candidate);
bool id_nl_bsn(const Candidate& candidate);
bool id_no_fnr(const Candidate& candidate);
bool id_pl_pesel(const Candidate& candidate);
bool id_pt_nif(const Candidate& candidate);
bool id_se_pnr(const Candidate& candidate);

}  // namespace spillguard::detect
