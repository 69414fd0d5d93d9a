//! Hostile archives.

use std::io::Write as _;

use flate2::{Compression, write::DeflateEncoder};
use tailguard::gate::only_file;

use crate::zip::{DEFLATED, Entry, archive, directory};
use crate::{LIMIT, NAME, honest, read};

#[test]
fn an_honest_archive_is_read_as_it_is() {
    let text = honest();
    let streamed = Entry { flags: 8, ..Entry::deflated(NAME, &text) };
    let no_mode = Entry { mode: 0, ..Entry::deflated(NAME, &text) };
    for entry in [Entry::stored(NAME, &text), Entry::deflated(NAME, &text), streamed, no_mode] {
        let bytes = archive(&[entry]);
        assert_eq!(only_file(&bytes, NAME, LIMIT).expect("it is honest"), text);
        assert_eq!(read(&bytes).expect("it is honest").bytes().expect("bytes"), text);
    }
}

/// Archives that real tools made of a file with the content `{}` and a line feed.
#[test]
fn archives_of_other_makers_are_read() {
    for (maker, hex) in [
        (
            "archiver 7.0.1, streaming",
            "504b03041400080008000000775d000000000000000000000000100000006d6561737572656d656e742e6a736f\
             6eabaee50200504b070806b0a1dd0500000003000000504b01022d031400080008000000775d06b0a1dd050000\
             0003000000100000000000000000002000a481000000006d6561737572656d656e742e6a736f6e504b05060000\
             0000010001003e000000430000000000",
        ),
        (
            "zipfile of Python 3.11",
            "504b03041400000008004381775d06b0a1dd0500000003000000100000006d6561737572656d656e742e6a736f\
             6eabaee50200504b010214031400000008004381775d06b0a1dd05000000030000001000000000000000000000\
             00a481000000006d6561737572656d656e742e6a736f6e504b050600000000010001003e000000330000000000",
        ),
    ] {
        let digits = hex.as_bytes().chunks(2);
        let byte = |two| u8::from_str_radix(std::str::from_utf8(two).expect("ASCII"), 16);
        let bytes: Vec<u8> = digits.map(|two| byte(two).expect("hexadecimal")).collect();
        assert_eq!(only_file(&bytes, NAME, LIMIT).expect(maker), b"{}\n", "{maker}");
    }
}

#[test]
fn other_names_are_refused() {
    let text = honest();
    for name in [
        "../measurement.json",
        "/measurement.json",
        "./measurement.json",
        "..\\measurement.json",
        "C:\\measurement.json",
        "out/measurement.json",
        "measurement.json/",
        "measurement.json\0",
        "measurement.json\0.txt",
        "Measurement.json",
        "measurement.json ",
        "",
        &"x".repeat(60_000),
    ] {
        refused(&archive(&[Entry::deflated(name, &text)]), "");
    }
    let bytes = Entry { name: vec![0xff, 0xfe], ..Entry::deflated("", &text) };
    refused(&archive(&[bytes]), "another name");
}

#[test]
fn what_is_no_plain_file_is_refused() {
    let text = honest();
    let entry = Entry::deflated(NAME, &text);
    for (mode, why) in [(0o120_777, "a link"), (0o040_755, "a directory"), (0o020_644, "a device")]
    {
        refused(&archive(&[Entry { mode, ..entry.clone() }]), why);
    }
    refused(&archive(&[Entry { flags: 1, ..entry.clone() }]), "encrypted");
    // Strong encryption, and an encrypted directory.
    refused(&archive(&[Entry { flags: 0x41, ..entry.clone() }]), "");
    for method in [1, 6, 9, 12, 14, 93, 95, 99, 0xffff] {
        refused(&archive(&[Entry { method, ..entry.clone() }]), "");
    }
}

#[test]
fn one_entry_is_all_there_may_be() {
    let text = honest();
    let entry = Entry::deflated(NAME, &text);
    refused(&archive(&[]), "0 entries");
    refused(&archive(&[entry.clone(), entry.clone()]), "2 entries");
    refused(&archive(&[entry.clone(), Entry::stored("other", b"")]), "2 entries");
    // Both start at the same place.
    let first = archive(std::slice::from_ref(&entry));
    refused(&directory(first.clone(), &[entry.clone(), entry.clone()], &[0, 0]), "2 entries");
    let mut more = archive(&[entry.clone(), entry.clone()]);
    let end = more.len() - 22;
    // Two in the directory, one by its own word.
    more[end + 8..end + 12].copy_from_slice(&[1, 0, 1, 0]);
    let outcome = only_file(&more, NAME, LIMIT);
    assert!(outcome.is_err() || outcome.is_ok_and(|read| read == text));
    let many = vec![Entry::stored("x", b""); 100_000];
    refused(&archive(&many), "65535 entries");
    refused(&archive(&many[..65_534]), "65534 entries");
    // An archive inside an archive is no measurement.
    let nested = archive(&[Entry::deflated(NAME, &first)]);
    let message = read(&nested).expect_err("it is no JSON");
    assert!(message.contains("expected value"), "{message}");
}

#[test]
fn sizes_and_checksums_that_lie_are_refused() {
    let text = honest();
    let entry = Entry::deflated(NAME, &text);
    let size = entry.size;
    for lie in [0, 1, size - 1, size + 1, u32::MAX - 1, u32::MAX] {
        refused(&archive(&[Entry { size: lie, ..entry.clone() }]), "");
    }
    for lie in [0, 1, entry.packed_size - 1, entry.packed_size + 1000, u32::MAX - 1, u32::MAX] {
        refused(&archive(&[Entry { packed_size: lie, ..entry.clone() }]), "");
    }
    refused(&archive(&[Entry { crc: entry.crc ^ 1, ..entry.clone() }]), "checksum");
    let local = Entry { local_name: Some(b"../../x".to_vec()), ..entry.clone() };
    let outcome = only_file(&archive(&[local]), NAME, LIMIT);
    assert!(outcome.is_err() || outcome.is_ok_and(|read| read == text), "nothing else is read");
}

#[test]
fn the_end_of_an_archive_is_its_end() {
    let whole = archive(&[Entry::deflated(NAME, &honest())]);
    for cut in (0..whole.len()).step_by(100).chain(whole.len() - 30..whole.len()) {
        refused(&whole[..cut], "");
        refused(&whole[whole.len() - cut..], "");
    }
    refused(&[&whole[..], b"\0"].concat(), "something follows");
    refused(&[b"#!/bin/sh\n", &whole[..]].concat(), "directory");
    // With a comment, which may hold the end of another archive.
    let mut commented = whole.clone();
    let end = commented.len();
    commented[end - 2..].copy_from_slice(&22_u16.to_le_bytes());
    commented.extend_from_slice(&archive(&[]));
    refused(&commented, "");
    refused(b"", "no zip archive");
    refused(&[b'P'; 1000], "no zip archive");
}

#[test]
fn a_bomb_does_not_go_off() {
    let bomb = bomb(NAME, 1 << 30);
    let whole = archive(std::slice::from_ref(&bomb));
    assert!(whole.len() < 8 << 20, "{} bytes", whole.len());
    refused(&whole, "holds more than 67108864 bytes");
    for lie in [0, 100, 64 << 20, u32::MAX - 1] {
        refused(&archive(&[Entry { size: lie, ..bomb.clone() }]), "");
    }
    // Exactly at the limit and one above it.
    for (size, fits) in [(1000, true), (1001, false)] {
        let entry = Entry::deflated(NAME, &vec![b' '; size]);
        assert_eq!(only_file(&archive(&[entry]), NAME, 1000).is_ok(), fits, "{size}");
    }
}

/// So many zeros.
pub(crate) fn bomb(name: &str, size: usize) -> Entry {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..size >> 20 {
        packer.write_all(&zeros).expect("memory is writable");
    }
    let packed = packer.finish().expect("memory is writable");
    let packed_size = u32::try_from(packed.len()).expect("small");
    let size = u32::try_from(size).expect("under 4 GB");
    Entry { packed, packed_size, method: DEFLATED, size, ..Entry::stored(name, b"") }
}

fn refused(archive: &[u8], why: &str) {
    let error = only_file(archive, NAME, LIMIT).expect_err("it is hostile").to_string();
    assert!(error.contains(why), "{error}");
    assert!(error.contains("\nhint: "), "{error}");
}
