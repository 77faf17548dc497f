import{a as m}from"./chunk-ZGDRGWWX.js";import"./chunk-2A46R7O4.js";import{d as o,x as e}from"./chunk-S7R7T5PG.js";var r=document.getElementById("app");r&&o(e(m,{}),r);
