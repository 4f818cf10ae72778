package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// source contains what reflection cannot see of package protocol.
type source struct {
	docs      map[string]string // by type, or by Type.Field
	words     map[string][]word // string constants by their type; untyped ones under ""
	wireTypes []string          // exported structs with JSON members
}

type word struct{ constant, value string }

func readSource(dir string) (*source, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	s := &source{docs: map[string]string{}, words: map[string][]word{}}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if decl, ok := d.(*ast.GenDecl); ok {
				s.read(decl)
			}
		}
	}
	slices.Sort(s.wireTypes)
	return s, nil
}

func (s *source) read(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			s.readType(spec, decl.Doc)
		case *ast.ValueSpec:
			s.readConstants(spec)
		}
	}
}

func (s *source) readType(spec *ast.TypeSpec, outer *ast.CommentGroup) {
	name := spec.Name.Name
	doc := spec.Doc
	if doc == nil {
		doc = outer
	}
	s.docs[name] = oneLine(doc)
	fields, ok := spec.Type.(*ast.StructType)
	if !ok || !spec.Name.IsExported() {
		return
	}
	tagged := false
	for _, field := range fields.Fields.List {
		tagged = tagged || field.Tag != nil
		for _, n := range field.Names {
			s.docs[name+"."+n.Name] = oneLine(field.Comment)
		}
	}
	if tagged {
		s.wireTypes = append(s.wireTypes, name)
	}
}

func (s *source) readConstants(spec *ast.ValueSpec) {
	typ := ""
	if ident, ok := spec.Type.(*ast.Ident); ok {
		typ = ident.Name
	}
	for i, value := range spec.Values {
		literal, ok := value.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			continue
		}
		if text, err := strconv.Unquote(literal.Value); err == nil {
			s.words[typ] = append(s.words[typ], word{spec.Names[i].Name, text})
		}
	}
}

// values returns the words of a type whose constants have that prefix.
func (s *source) values(typ, prefix string) (values []string) {
	for _, w := range s.words[typ] {
		if strings.HasPrefix(w.constant, prefix) {
			values = append(values, w.value)
		}
	}
	return values
}

// docLink is a link of a Go doc comment, such as [Client.Do].
var docLink = regexp.MustCompile(`\[\*?([A-Za-z][\w.]*)\]`)

// oneLine returns a comment as one line, without the brackets of doc links.
func oneLine(c *ast.CommentGroup) string {
	if c == nil {
		return ""
	}
	return docLink.ReplaceAllString(strings.Join(strings.Fields(c.Text()), " "), "$1")
}
