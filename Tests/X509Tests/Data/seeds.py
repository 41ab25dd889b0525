"""Writes the first inputs for fuzzing: python3 seeds.py NAME FOLDER, from chains.txt and keys.txt beside this file."""
import base64, hashlib, os, re, sys

here = os.path.dirname(os.path.abspath(__file__))
seeds = []
for name in ["chains.txt", "keys.txt"]:
    text = open(os.path.join(here, name)).read()
    blocks = re.findall(r"-----BEGIN ([A-Z0-9 ]+)-----\n([^-:]+)-----END", text)
    for label, digits in blocks:
        if sys.argv[1] == "DERFuzz" or label == "CERTIFICATE":
            seeds.append(base64.b64decode(digits))
    if sys.argv[1] == "DERFuzz":
        seeds += [block.encode() for block in re.findall(r"-----BEGIN (?:EC )?PRIVATE KEY-----[^-]+-----END [A-Z ]+-----", text)]
for seed in seeds:
    open(os.path.join(sys.argv[2], hashlib.sha1(seed).hexdigest()), "wb").write(seed)
